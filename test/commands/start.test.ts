import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../support/config-folder.ts';
import { demoFolder, goodKey, run, startGateway } from './support.ts';

/** Calls the tool that takes its time; undefined where the gateway goes away before it answers. */
async function slowCall(url: string, ms: number): Promise<unknown> {
  const headers = { 'Content-Type': 'application/json' };
  try {
    const answer = await fetch(`${url}/demo-tools/tools/slow`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ ms }),
    });
    return [answer.status, await answer.json()];
  } catch {
    return undefined;
  }
}

describe('start', () => {
  test('serves what is configured, says where in the log, and stops on SIGTERM with 0', async () => {
    const gateway = await startGateway({ cwd: demoFolder() });
    const ready = await fetch(`${gateway.url}/ready`);
    expect(ready.status).toBe(200);
    gateway.child.kill('SIGTERM');
    const { code, stdout, stderr } = await gateway.done;
    expect(code).toBe(0);
    expect(stdout).toBe('');
    for (const line of stderr.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  });

  test('is what happens where no command is named, and takes its port from the command line', async () => {
    const cwd = demoFolder('', 'server: { port: 1 }');
    const gateway = await startGateway({ cwd }, ['--port', '0', '--host', 'localhost']);
    expect(new URL(gateway.url).hostname).toBe('localhost');
    gateway.child.kill('SIGINT');
    expect((await gateway.done).code).toBe(0);
  });

  test('lets a running call end before it stops', async () => {
    const gateway = await startGateway({ cwd: demoFolder() });
    const call = slowCall(gateway.url, 1000);
    await gateway.logged('waiting');
    gateway.child.kill('SIGTERM');
    expect(await call).toEqual([200, { waited: 1000 }]);
    expect((await gateway.done).code).toBe(0);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('a second %s ends it at once with %i', async (signal, code) => {
    const gateway = await startGateway({
      cwd: demoFolder('', 'server: { port: 0, drainTimeout: 1m }\nlimits: { callTimeout: 1m }'),
    });
    const call = slowCall(gateway.url, 50_000);
    await gateway.logged('waiting');
    gateway.child.kill(signal);
    await gateway.logged('draining');
    gateway.child.kill(signal);
    expect((await gateway.done).code).toBe(code);
    expect(await call).toBeUndefined();
  });

  test('a port in use is an error that names the port and its key', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { code, stderr } = await run(['start', '--port', port], { cwd: demoFolder() });
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(
      `error: port ${port} on 127.0.0.1 is in use; stop what uses it, or set server.port to another`,
    );
  });

  test('a wrong configuration is said on standard error, with 1', async () => {
    const { code, stdout, stderr } = await run([], { cwd: folderWith({ 'config.yaml': 'server: { prot: 1 }' }) });
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      'error: config.yaml:1: server.prot: unknown key, did you mean "port"?\n',
    ]);
  });

  test('an address beyond loopback without a key is refused', async () => {
    const { code, stderr } = await run(['--host', '0.0.0.0'], { cwd: demoFolder() });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: --host: server\.host: 0\.0\.0\.0 can be reached from other machines/);
  });

  test('port mode opens a port for each plugin', async () => {
    const cwd = demoFolder('port: 0', 'server: { port: 0, mode: both }');
    const gateway = await startGateway({ cwd });
    expect(gateway.urls.length).toBeGreaterThan(1);
    const tools = await fetch(`${gateway.urls.at(-1)}/tools`);
    expect(await tools.json()).toMatchObject({ plugin: 'demo-tools' });
    gateway.child.kill();
    await gateway.done;
  });

  test('a plugin that cannot start does not keep the gateway from running', async () => {
    const gateway = await startGateway({ cwd: demoFolder('broken: "no luck today"') });
    const health = await fetch(`${gateway.url}/demo-tools/health`);
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ status: 'degraded', reason: 'no luck today' });
    gateway.child.kill();
    await gateway.done;
  });

  test('a defect that nobody caught is logged and ends the process with 1', async () => {
    const gateway = await startGateway({ cwd: demoFolder() });
    void slowCall(gateway.url, -1);
    const { code, stderr } = await gateway.done;
    expect(code).toBe(1);
    const last = JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ event: 'uncaughtException', err: { message: 'nobody catches this' } });
  });

  test('no secret reaches the log', async () => {
    const token = 'ghp_verysecrettoken';
    const gateway = await startGateway({
      cwd: demoFolder('token: "${TOKEN}"'),
      env: { TOKEN: token, MCP_GATEWAY_KEY: goodKey, LOG_LEVEL: 'trace' },
    });
    await fetch(`${gateway.url}/demo-tools/tools`, { headers: { Authorization: `Bearer ${goodKey}` } });
    await fetch(`${gateway.url}/demo-tools/tools?key=${goodKey}`);
    gateway.child.kill();
    const { stderr } = await gateway.done;
    expect(stderr).toContain('the token is [redacted]');
    expect(stderr).not.toContain(token);
    expect(stderr).not.toContain(goodKey);
  });
});
