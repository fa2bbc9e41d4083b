import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { demoFolder, goodKey, run, startGateway } from './support.ts';

/** A gateway, and what runs one command against it. */
async function gatewayIn(cwd: string, env: Record<string, string> = {}) {
  const gateway = await startGateway({ cwd, env });
  const ask = (args: readonly string[], place: { env?: Record<string, string>; input?: string } = {}) =>
    run([...args, '--url', gateway.url], { cwd, ...place });
  return { ...gateway, ask };
}

/** A server that writes down what it is asked and answers as told. */
async function recorder(
  answer: (request: IncomingMessage) => { status: number; headers?: Record<string, string>; body?: string },
) {
  const requests: { url: string | undefined; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    requests.push({ url: request.url, authorization: request.headers.authorization });
    const { status, headers = { 'Content-Type': 'application/json' }, body = '{}' } = answer(request);
    response.writeHead(status, headers).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return {
    requests,
    close: () => void server.close(),
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
  };
}

describe('status', () => {
  test('shows each plugin, as a table and as JSON', async () => {
    const { ask, url } = await gatewayIn(demoFolder());
    const table = await ask(['status']);
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout).toMatch(new RegExp(`^${url}  ready\n`));
    expect(table.stdout).toMatch(/^ {2}demo-tools +healthy +4 tools +up [\d.]+ s$/m);
    const json = JSON.parse((await ask(['status', '--json'])).stdout);
    expect(json).toMatchObject({ url, status: 'ready', ready: true });
    expect(json.plugins).toContainEqual({
      plugin: 'demo-tools',
      health: expect.objectContaining({ status: 'healthy', tools_count: 4 }),
    });
  });

  test('says why a plugin is degraded, and a gateway with one is still ready', async () => {
    const { ask } = await gatewayIn(demoFolder('broken: "no luck"'));
    const { code, stdout } = await ask(['status']);
    expect(stdout).toMatch(/demo-tools +degraded +4 tools +up [\d.]+ s +no luck$/m);
    expect(code).toBe(0);
  });

  test('asks the gateway of the configuration, each port of port mode on its own', async () => {
    const other = await gatewayIn(demoFolder());
    const { port } = new URL(other.url);
    expect(await run(['status'], { cwd: demoFolder('', `server: { port: ${port} }`) })).toMatchObject({ code: 0 });
    const ports = await run(['status'], { cwd: demoFolder(`port: ${port}`, 'server: { mode: both, port: 1 }') });
    expect(ports.code).toBe(1);
  });

  test('exits with 1 where nobody answers, or not as a gateway does', async () => {
    const gone = await recorder(() => ({ status: 200 }));
    gone.close();
    const cwd = demoFolder('', `server: { port: ${new URL(gone.url).port} }`);
    expect(await run(['status'], { cwd })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `error: No gateway answers at ${gone.url} (nothing listens there). Start one with: mcp-sse-gateway start, or name another with --url\n`,
    });
    const { url } = await recorder(() => ({ status: 200, headers: { 'Content-Type': 'text/html' }, body: '<html>' }));
    expect(await run(['status', '--url', url], { cwd })).toMatchObject({
      code: 1,
      stderr: `error: ${url} answers, but not as this gateway does\n`,
    });
    const draining = await recorder(() => ({ status: 503, body: '{"status":"draining","plugins":{}}' }));
    expect(await run(['status', '--url', draining.url], { cwd })).toMatchObject({
      code: 1,
      stdout: `${draining.url}  draining\n`,
    });
  });
});

describe('tools', () => {
  test('lists them with what they are for, of a gateway or of the configuration', async () => {
    const cwd = demoFolder();
    const { ask } = await gatewayIn(cwd);
    const listed = await ask(['tools', 'demo-tools']);
    expect(listed.stdout).toBe(
      'demo-tools\n  echo\n      Says it again.\n  fail\n      Always fails.\n  slow\n      Takes its time.\n  picture\n      Shows a picture.\n',
    );
    expect(await run(['tools', 'demo-tools', '--local'], { cwd })).toEqual(listed);
    const json = JSON.parse((await ask(['tools', 'demo-tools', '--json'])).stdout);
    expect(json.tools[0]).toMatchObject({ name: 'echo', inputSchema: { required: ['text'] } });
    expect(JSON.parse((await run(['tools', 'demo-tools', '--local', '--json'], { cwd })).stdout)).toEqual(json);
    const all = JSON.parse((await ask(['tools', '--json'])).stdout);
    expect(all).toContainEqual(json);
  });

  test('a plugin that is not there is answered with the nearest', async () => {
    const cwd = demoFolder();
    const { ask } = await gatewayIn(cwd);
    const message = { code: 1, stderr: 'error: No plugin "demo-tool"; did you mean "demo-tools"?\n' };
    expect(await ask(['tools', 'demo-tool'])).toMatchObject(message);
    expect(await run(['tools', 'demo-tool', '--local'], { cwd })).toMatchObject(message);
    expect(await ask(['call', 'demo-tool', 'echo'])).toMatchObject(message);
    expect(await run(['call', 'demo-tool', 'echo', '--local'], { cwd })).toMatchObject(message);
  });
});

describe.each([['a running gateway'], ['this process']])('call in %s', (where) => {
  async function caller(settings = '') {
    const cwd = demoFolder(settings);
    if (where === 'this process') {
      return (args: readonly string[], input?: string) =>
        run(['call', 'demo-tools', ...args, '--local'], { cwd, ...(input ? { input } : {}) });
    }
    const { ask } = await gatewayIn(cwd);
    return (args: readonly string[], input?: string) => ask(['call', 'demo-tools', ...args], input ? { input } : {});
  }

  test('prints what the tool says, or its data as JSON', async () => {
    const call = await caller('greeting: hi');
    const data = { text: 'a "b"', greeting: 'hi' };
    expect(await call(['echo', '{"text":"a \\"b\\""}'])).toMatchObject({
      code: 0,
      stdout: `${JSON.stringify(data)}\n`,
      stderr: '',
    });
    expect(JSON.parse((await call(['echo', '{"text":"a \\"b\\""}', '--json'])).stdout)).toEqual(data);
    expect(await call(['echo', '-'], '{"text":"a \\"b\\""}')).toMatchObject({
      code: 0,
      stdout: `${JSON.stringify(data)}\n`,
    });
    expect(await call(['slow', '{"ms":10}'])).toMatchObject({ code: 0, stdout: '{"waited":10}\n', stderr: '' });
  });

  test('names what is not text, and gives it as JSON', async () => {
    const call = await caller();
    expect(await call(['picture'])).toMatchObject({
      code: 0,
      stdout: 'look\n[image, image/png, 6 bytes; --json has it]\n',
    });
    expect(JSON.parse((await call(['picture', '--json'])).stdout).content[1]).toMatchObject({
      type: 'image',
      data: 'aGVsbG8h',
    });
  });

  test('exits with 1 and the reason on standard error where the call fails', async () => {
    const call = await caller();
    expect(await call(['fail', '--json'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/The upstream said no\. Ask it nicely\.\n$/),
    });
    expect(await call(['echo', '{"txt":"x"}'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/txt: unknown key, did you mean "text"\?\n$/),
    });
    expect(await call(['ecko'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'error: Unknown tool "ecko" on demo-tools. Did you mean "echo"?\n',
    });
  });

  test('says why a plugin is not up', async () => {
    const call = await caller('broken: "no luck"');
    expect(await call(['echo', '{"text":"x"}'])).toMatchObject({ code: 1, stderr: expect.stringContaining('no luck') });
  });
});

test('call reaches a plugin by its own endpoint too', async () => {
  const { url } = await gatewayIn(demoFolder());
  for (const end of ['mcp', 'sse', 'mcp/']) {
    const { stdout } = await run(['call', 'demo-tools', 'echo', '{"text":"x"}', '--url', `${url}/demo-tools/${end}`], {
      cwd: demoFolder(),
    });
    expect(stdout).toBe('{"text":"x","greeting":"hello"}\n');
  }
});

describe('keys', () => {
  test('come from the environment, the env file or the configuration', async () => {
    const cwd = demoFolder();
    const { ask, url } = await gatewayIn(cwd, { MCP_GATEWAY_KEY: goodKey });
    expect(await ask(['tools'])).toMatchObject({
      code: 1,
      stderr: `error: ${url} asks for a key, and there is none here. Set MCP_GATEWAY_KEY to one of its keys, or to an access token if it takes those\n`,
    });
    expect(await ask(['call', 'demo-tools', 'echo', '{"text":"x"}'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('asks for a key'),
    });
    expect(await ask(['tools'], { env: { MCP_GATEWAY_KEY: `wrong-${goodKey}` } })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not know the key that is set here'),
    });
    const env = { MCP_GATEWAY_KEY: goodKey };
    expect(await ask(['tools'], { env })).toMatchObject({ code: 0 });
    expect(await ask(['call', 'demo-tools', 'echo', '{"text":"x"}'], { env })).toMatchObject({ code: 0 });
    const { port } = new URL(url);
    const configured = demoFolder('', `server: { port: ${port} }\nauth: { keys: ["${goodKey}"] }`);
    expect(await run(['status'], { cwd: configured })).toMatchObject({ code: 0 });
  });

  test('of the configuration go only to its own gateway', async () => {
    const other = await recorder(() => ({ status: 200, body: '{"status":"ready","plugins":{}}' }));
    const cwd = demoFolder('', `auth: { keys: ["${goodKey}"] }`);
    await run(['status', '--url', other.url], { cwd });
    expect(other.requests).toEqual([{ url: '/ready', authorization: undefined }]);
    await run(['status', '--url', other.url], { cwd, env: { MCP_GATEWAY_KEY: goodKey } });
    expect(other.requests[1]?.authorization).toBe(`Bearer ${goodKey}`);
  });

  test('do not follow a redirect', async () => {
    const trap = await recorder(() => ({ status: 200 }));
    const gateway = await recorder(() => ({
      status: 307,
      headers: { Location: `${trap.url}/`, 'Content-Type': 'application/json' },
    }));
    const place = { cwd: demoFolder(), env: { MCP_GATEWAY_KEY: goodKey } };
    for (const args of [
      ['status'],
      ['tools'],
      ['tools', 'demo-tools'],
      ['call', 'demo-tools', 'echo'],
      ['call', 'demo-tools', 'echo', '--url', `${gateway.url}/demo-tools/mcp`],
    ]) {
      expect((await run(['--url', gateway.url, ...args], place)).code, args.join(' ')).toBe(1);
    }
    expect(trap.requests).toEqual([]);
  });
});
