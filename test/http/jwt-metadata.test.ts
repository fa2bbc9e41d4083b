import { afterEach, expect, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { getRaw } from '../support/raw-http.ts';

const jwt = { issuer: 'https://auth.example.com' };
const known = '/.well-known/oauth-protected-resource';

let running: TestGateway | undefined;
afterEach(() => running?.gateway.stop());

async function start(config: Record<string, unknown>): Promise<string> {
  running = await startTestGateway({ auth: { jwt }, ...config });
  return running.url;
}

const challengeOf = (response: Response) => response.headers.get('www-authenticate');
const resourceAt = async (url: string) => (await jsonOf(await fetch(url))).resource;

test('without a token the challenge says where to read on, and nothing of an error', async () => {
  const url = await start({});
  for (const path of ['/fixture/mcp', '/fixture/sse', '/mcp', '/sse', '/fixture/rpc', '/fixture/tools/echo', '/']) {
    const response = await fetch(`${url}${path}`, { method: path.startsWith('/fixture/tools/') ? 'POST' : 'GET' });
    expect(response.status).toBe(401);
    const metadata = `${url}${known}${path === '/' ? '' : path}`;
    expect(challengeOf(response)).toBe(`Bearer realm="mcp-sse-gateway", resource_metadata="${metadata}"`);
    expect(await resourceAt(metadata)).toBe(`${url}${path === '/' ? '' : path}`);
    expect((await jsonOf(response)).error.message).toMatch(/^An access token is required/);
  }
});

test('an unknown path is answered like every other, and told the metadata of the gateway', async () => {
  const url = await start({});
  for (const path of ['/nowhere', '/fixture/nowhere', '/%22,x="', '/fixture/tools/%22%0d'])
    expect(challengeOf(await fetch(`${url}${path}`))).toContain(`resource_metadata="${url}${known}`);
  const raw = await getRaw(url, '/fixture/tools/"a', ['Host: localhost']);
  expect(raw.headers).toContain('resource_metadata="http://localhost/.well-known/oauth-protected-resource"\r\n');
});

test('scopes are asked for in the challenge, and what is wrong with a token is said', async () => {
  const url = await start({ auth: { jwt: { ...jwt, scopes: ['mcp:read', 'mcp:call'] } } });
  const say = async (authorization?: string) =>
    challengeOf(await post(`${url}/fixture/mcp`, request('ping'), authorization ? { authorization } : {}));
  const end = `scope="mcp:read mcp:call", resource_metadata="${url}${known}/fixture/mcp"`;
  expect(await say()).toBe(`Bearer realm="mcp-sse-gateway", ${end}`);
  expect(await say('Bearer ')).toBe(`Bearer realm="mcp-sse-gateway", ${end}`);
  expect(await say('Bearer opaque')).toBe(
    `Bearer realm="mcp-sse-gateway", error="invalid_token", error_description="This key is not known here.", ${end}`,
  );
  expect(await say('Basic eDp5')).toMatch(/^Bearer realm="mcp-sse-gateway", error="invalid_request"/);
});

test('where only keys are asked for, nothing points to metadata', async () => {
  const url = await start({ auth: { keys: ['a-key-of-at-least-sixteen'] } });
  expect(challengeOf(await fetch(`${url}/fixture/mcp`))).toBe('Bearer realm="mcp-sse-gateway"');
  expect((await fetch(`${url}${known}`)).status).toBe(404);
});

test('behind a public prefix the metadata is where the proxy passes it on, stripped or not', async () => {
  const url = await start({ server: { publicUrl: 'https://tools.example.com/gw/' } });
  const resource = 'https://tools.example.com/gw/fixture/mcp';
  expect(challengeOf(await fetch(`${url}/fixture/mcp`))).toContain(
    `resource_metadata="https://tools.example.com/gw${known}/fixture/mcp"`,
  );
  for (const path of [
    `${known}/fixture/mcp`, // below the prefix, which the proxy strips
    `/gw${known}/fixture/mcp`, // or does not
    `${known}/gw/fixture/mcp`, // as RFC 9728 makes it of the resource's URL
    `/gw${known}/gw/fixture/mcp`,
  ])
    expect(await resourceAt(`${url}${path}`)).toBe(resource);
  expect(await resourceAt(`${url}${known}/gw`)).toBe('https://tools.example.com/gw');
  expect(await resourceAt(`${url}${known}`)).toBe('https://tools.example.com/gw');
});

test('a prefix that a trusted proxy tells is part of the resource', async () => {
  const url = await start({
    auth: { jwt: { ...jwt, audience: 'tools' } },
    server: { trustedProxies: ['127.0.0.1'] },
  });
  const headers = { 'x-forwarded-prefix': '/gw' };
  const response = await fetch(`${url}/fixture/mcp`, { headers });
  expect(challengeOf(response)).toContain(`resource_metadata="${url}/gw${known}/fixture/mcp"`);
  for (const path of [`${known}/fixture/mcp`, `${known}/gw/fixture/mcp`])
    expect((await jsonOf(await fetch(`${url}${path}`, { headers }))).resource).toBe(`${url}/gw/fixture/mcp`);
});

test('every port of port mode has the metadata of its own root', async () => {
  const plugins = [fixturePlugin('one'), fixturePlugin('two')];
  running = await startTestGateway(
    { auth: { jwt }, server: { mode: 'ports' }, plugins: { one: { port: 0 }, two: { port: 0 } } },
    plugins,
  );
  for (const { url } of running.gateway.listeners) {
    expect(challengeOf(await fetch(`${url}/sse`))).toContain(`resource_metadata="${url}${known}/sse"`);
    for (const path of ['', '/mcp', '/sse']) expect(await resourceAt(`${url}${known}${path}`)).toBe(`${url}${path}`);
    expect((await fetch(`${url}${known}/one/mcp`)).status).toBe(404);
  }
});

test('a web page of any origin may read the metadata, and nothing else', async () => {
  const url = await start({});
  const headers = { origin: 'https://anywhere.example', 'access-control-request-headers': 'mcp-protocol-version' };
  const preflight = await fetch(`${url}${known}/fixture/mcp`, { method: 'OPTIONS', headers });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  expect(preflight.headers.get('access-control-allow-headers')).toBe('mcp-protocol-version');
  expect((await fetch(`${url}/fixture/mcp`, { headers })).status).toBe(403);
  expect((await fetch(`${url}${known}`, { method: 'POST', headers })).status).toBe(405);
  expect((await fetch(`${url}${known}`, { method: 'HEAD' })).status).toBe(200);
});

test('the index names the metadata', async () => {
  const key = 'a-key-of-at-least-sixteen';
  const url = await start({ auth: { keys: [key], jwt }, server: { publicUrl: 'https://tools.example.com/gw' } });
  const index = await jsonOf(await fetch(url, { headers: { 'x-api-key': key } }));
  expect(index.oauth_protected_resource).toBe(`/gw${known}`);
});
