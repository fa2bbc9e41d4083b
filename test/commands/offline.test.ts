import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { folderWith } from '../support/config-folder.ts';
import { TestIssuer } from '../support/issuer.ts';
import { demoFolder, goodKey, run } from './support.ts';

describe('check', () => {
  test('asks every plugin and exits with 0 where all are well', async () => {
    const cwd = demoFolder();
    const { code, stdout, stderr } = await run(['check'], { cwd });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^ok {4}configuration {2}${join(cwd, 'config.yaml')}$`, 'm'));
    expect(stdout).toMatch(/^ok {4}demo-tools +healthy$/m);
  });

  test('exits with 1 and the reason where one is not', async () => {
    const cwd = demoFolder('broken: "no luck"');
    const { code, stdout } = await run(['check'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail {2}demo-tools +no luck$/m);
    const json = JSON.parse((await run(['check', '--json'], { cwd })).stdout);
    expect(json).toMatchObject({ ok: false, config: join(cwd, 'config.yaml') });
    expect(json.plugins).toContainEqual({ plugin: 'demo-tools', status: 'degraded', reason: 'no luck' });
  });

  test('notes what may not be meant', async () => {
    const { stdout } = await run(['check'], { cwd: demoFolder('', 'auth: { open: true }') });
    expect(stdout).toMatch(/^note {2}auth\.open: everyone who reaches the port may call every tool\.$/m);
  });
});

describe('check with auth.jwt', () => {
  const settings = (issuer: string) => demoFolder('', `server: { port: 0 }\nauth: { jwt: { issuer: "${issuer}" } }`);

  test('fetches the keys of the issuer, or says why it cannot and exits with 1', async () => {
    const issuer = await TestIssuer.start('/main');
    const cwd = settings(issuer.url);
    const good = await run(['check'], { cwd });
    expect(good.code).toBe(0);
    expect(good.stdout).toMatch(/^ok {4}issuer +healthy\n +keys: at http:.*\/keys, count 1$/m);
    await issuer.down();
    const bad = await run(['check'], { cwd });
    expect(bad.code).toBe(1);
    expect(bad.stdout).toMatch(/^fail {2}issuer +http:.*ECONNREFUSED.*auth\.jwt\.issuer/m);
    expect(JSON.parse((await run(['check', '--json'], { cwd })).stdout)).toMatchObject({
      ok: false,
      issuer: { status: 'unhealthy', reason: expect.stringContaining('ECONNREFUSED') },
    });
  });

  test('tells an issuer that calls itself otherwise', async () => {
    const issuer = await TestIssuer.start('/main');
    const metadata = JSON.stringify({ issuer: `${issuer.url}/`, jwks_uri: `${issuer.url}/keys` });
    for (const slash of ['', '/'])
      issuer.documents.set(`/.well-known/oauth-authorization-server/main${slash}`, (outgoing) =>
        outgoing.end(metadata),
      );
    const { stdout } = await run(['check'], { cwd: settings(issuer.url) });
    expect(stdout).toContain(`is of the issuer "${issuer.url}/"; set auth.jwt.issuer to exactly that`);
    await issuer.down();
  });
});

describe('litellm', () => {
  const serversOf = (text: string) => parse(text).mcp_servers;

  test('prints a server for each plugin, by names that LiteLLM accepts', async () => {
    const { code, stdout, stderr } = await run(['litellm'], { cwd: demoFolder('', 'server: { port: 8000 }') });
    expect(code).toBe(0);
    expect(serversOf(stdout)).toMatchObject({
      demo_tools: {
        url: 'http://127.0.0.1:8000/demo-tools/sse',
        transport: 'sse',
        description: 'Tools to try things with.',
      },
    });
    for (const name of Object.keys(serversOf(stdout))) expect(name).toMatch(/^[a-z0-9_]+$/);
    expect(stdout).toMatch(/^ {2}# {3}url: http:\/\/127\.0\.0\.1:8000\/sse$/m);
    expect(stderr).toMatch(/^Note: only this machine reaches these addresses/);
  });

  test('follows the public URL, the transport, the keys and port mode', async () => {
    const keys = `auth: { keys: ["${goodKey}"] }`;
    const prefixed = await run(['litellm', '-t', 'http'], {
      cwd: demoFolder('', `server: { publicUrl: "https://tools.example.com/gw/" }\n${keys}`),
    });
    expect(serversOf(prefixed.stdout).demo_tools).toMatchObject({
      url: 'https://tools.example.com/gw/demo-tools/mcp',
      transport: 'http',
      auth_type: 'bearer_token',
      auth_value: 'os.environ/MCP_GATEWAY_KEY',
    });
    expect(prefixed.stdout).not.toContain(goodKey);
    expect(prefixed.stderr).toBe('');
    const jwt = 'auth: { jwt: { issuer: "https://auth.example.com", audience: tools, scopes: [mcp] } }';
    const tokens = await run(['litellm'], {
      cwd: demoFolder('', `server: { publicUrl: "https://t.example" }\n${jwt}`),
    });
    expect(serversOf(tokens.stdout).demo_tools).toMatchObject({
      auth_type: 'oauth2',
      oauth2_flow: 'client_credentials',
      token_url: 'os.environ/MCP_TOKEN_URL',
      client_id: 'os.environ/MCP_CLIENT_ID',
      client_secret: 'os.environ/MCP_CLIENT_SECRET',
      scopes: ['mcp'],
    });
    expect(tokens.stderr).toMatch(
      /^Note: LiteLLM needs MCP_TOKEN_URL .*https:\/\/auth\.example\.com.* audience is tools\.$/m,
    );
    const ports = await run(['litellm', '--url', 'http://gateway'], { cwd: demoFolder('', 'server: { mode: ports }') });
    expect(serversOf(ports.stdout).demo_tools.url).toBe('http://gateway:8099/sse');
    expect(ports.stdout).not.toContain('#');
    const aggregate = await run(['litellm', '--aggregate', '--url', 'http://gateway:8000/'], { cwd: demoFolder() });
    expect(Object.keys(serversOf(aggregate.stdout))).toEqual(['gateway']);
    expect(serversOf(aggregate.stdout).gateway.url).toBe('http://gateway:8000/sse');
  });
});

describe('openapi', () => {
  test('prints the document of one plugin or of all', async () => {
    const cwd = demoFolder('', 'server: { port: 8000 }');
    const one = JSON.parse((await run(['openapi', 'demo-tools'], { cwd })).stdout);
    expect(one.openapi).toBe('3.1.0');
    expect(one.servers).toEqual([{ url: 'http://127.0.0.1:8000/demo-tools' }]);
    expect(Object.keys(one.paths)).toEqual(['/tools/echo', '/tools/fail', '/tools/slow', '/tools/picture']);
    const all = JSON.parse((await run(['openapi', '--url', 'https://x.example/'], { cwd })).stdout);
    expect(all.servers).toEqual([{ url: 'https://x.example' }]);
    expect(Object.keys(all.paths)).toContain('/tools/demo-tools__echo');
  });

  test('says what is wrong', async () => {
    expect(await run(['openapi', 'demo'], { cwd: demoFolder() })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: No plugin "demo"; /),
    });
    expect(await run(['openapi'], { cwd: demoFolder('', 'server: { mode: ports }') })).toMatchObject({
      code: 1,
      stderr: 'error: server.mode ports serves no document of all plugins; name one\n',
    });
  });
});

describe('init', () => {
  test('writes a configuration that works, and a key that only its owner can read', async () => {
    const cwd = folderWith({});
    const { code, stdout, stderr } = await run(['init'], { cwd });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Wrote config\.yaml .* and sse\.env/);
    expect(stdout).toContain('mcp-sse-gateway check');
    expect(statSync(join(cwd, 'sse.env')).mode & 0o777).toBe(0o600);
    const key = /^MCP_GATEWAY_KEY=([0-9a-f]{64})$/m.exec(readFileSync(join(cwd, 'sse.env'), 'utf8'))?.[1];
    expect(key).toBeDefined();
    expect(stdout).not.toContain(key);
    expect(await run(['litellm'], { cwd })).toMatchObject({ code: 0 });
    const again = folderWith({});
    await run(['init'], { cwd: again });
    expect(readFileSync(join(again, 'sse.env'), 'utf8')).not.toContain(key);
  });

  test('does not overwrite what is there', async () => {
    const cwd = folderWith({ 'config.yaml': 'mine' });
    expect(await run(['init'], { cwd })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'error: config.yaml is here already; replace with: init --force\n',
    });
    expect(readFileSync(join(cwd, 'config.yaml'), 'utf8')).toBe('mine');
    expect(() => statSync(join(cwd, 'sse.env'))).toThrow('ENOENT');
    expect(await run(['init', '--force'], { cwd })).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'config.yaml'), 'utf8')).toContain('server:');
  });

  test('replaces a link instead of writing through it', async () => {
    const cwd = folderWith({ 'elsewhere/target': 'untouched' });
    mkdirSync(join(cwd, 'here'));
    symlinkSync(join(cwd, 'elsewhere/target'), join(cwd, 'here/sse.env'));
    expect(await run(['init', '--force'], { cwd: join(cwd, 'here') })).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'elsewhere/target'), 'utf8')).toBe('untouched');
    expect(statSync(join(cwd, 'here/sse.env')).mode & 0o777).toBe(0o600);
  });

  test('mends the mode of an env file that it replaces', async () => {
    const cwd = folderWith({});
    writeFileSync(join(cwd, 'sse.env'), '', { mode: 0o644 });
    await run(['init', '--force'], { cwd });
    expect(statSync(join(cwd, 'sse.env')).mode & 0o777).toBe(0o600);
  });
});
