import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { definePlugin, defineTool, type ToolContext } from 'mcp-sse-gateway';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { getRaw } from '../support/raw-http.ts';
import { both } from './endpoints.ts';

const key = 'negative-test-key-1234567890abcdef';
const closedGets = [
  '/',
  '/ready',
  '/tools',
  '/openapi.json',
  '/sse',
  '/mcp',
  '/fixture/tools',
  '/fixture/openapi.json',
  '/fixture/sse',
  '/fixture/mcp',
];
const seen: (string | undefined)[] = [];
const upstream = createServer((incoming, outgoing) => {
  seen.push(JSON.stringify(incoming.headers));
  outgoing.end('{}');
});

/** Calls an upstream with a credential of its own, as a plugin for a remote service does. */
function upstreamPlugin(url: string) {
  const relay = defineTool({
    name: 'relay',
    title: 'Relay',
    description: 'Calls the upstream.',
    input: v.strictObject({}),
    output: v.object({ context: v.string() }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    async handler(context: ToolContext<{ token: string }>) {
      await fetch(url, { headers: { authorization: `Bearer ${context.deps.token}` } });
      return { context: JSON.stringify(context) };
    },
  });
  return definePlugin({
    name: 'relay',
    title: 'Relay',
    description: 'Relays.',
    config: v.strictObject({}),
    tools: [relay],
    start: () => ({ token: 'configured-upstream-token' }),
  });
}

let running: TestGateway;
beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  running = await startTestGateway({ auth: { keys: [{ name: 'one', key }, 'another-test-key-0987654321'] } }, [
    fixturePlugin(),
    upstreamPlugin(`http://127.0.0.1:${port}/`),
  ]);
});
afterAll(async () => {
  await running.gateway.stop();
  upstream.close();
});

const statuses = async (lines: readonly string[]) =>
  new Set(
    await Promise.all(
      closedGets.map(async (path) => (await getRaw(running.url, path, ['Host: localhost', ...lines])).status),
    ),
  );

test('C2 an empty bearer is the same as none: 401, and nothing where no key is asked', async () => {
  expect(await statuses(['Authorization: Bearer '])).toEqual(new Set([401]));
  expect(await statuses(['Authorization: Bearer'])).toEqual(new Set([401]));
  const open = await startTestGateway();
  expect((await post(`${open.url}/fixture/rpc`, request('ping'), { authorization: 'Bearer ' })).status).toBe(200);
  await open.gateway.stop();
});

test('C3 a wrong key, one of another length and one with a strange byte are 401', async () => {
  for (const wrong of [
    key.replace('1', '2'),
    key.slice(1),
    `${key}0`,
    key.toUpperCase(),
    'x',
    'ü'.repeat(16),
    '"'.repeat(32),
  ]) {
    expect(await statuses([`X-API-Key: ${wrong}`])).toEqual(new Set([401]));
  }
  expect((await getRaw(running.url, '/tools', ['Host: localhost', `X-API-Key: ${key}\0`])).status).toBe(400); // no HTTP at all
});

test('C4 a key in the query is not looked at', async () => {
  for (const name of ['key', 'api_key', 'apikey', 'token', 'access_token', 'auth', 'X-API-Key']) {
    expect((await fetch(`${running.url}/fixture/tools?${name}=${key}`)).status).toBe(401);
  }
});

test('C5 two credentials are never settled by taking one', async () => {
  const other = 'another-test-key-0987654321';
  for (const lines of [
    [`Authorization: Bearer ${key}`, 'Authorization: Bearer x'],
    ['Authorization: Bearer x', `Authorization: Bearer ${key}`],
    [`Authorization: Bearer ${key}`, `X-API-Key: ${other}`],
    [`X-API-Key: ${key}`, `X-API-Key: ${other}`],
    [`Authorization: Basic eDp5`, `X-API-Key: ${key}`],
  ]) {
    expect(await statuses(lines)).toEqual(new Set([401]));
  }
});

test('C10 the client’s key reaches no upstream and no plugin', async () => {
  const answer = await jsonOf(
    await post(`${running.url}/relay/rpc`, request('tools/call', { name: 'relay', arguments: {} }), {
      authorization: `Bearer ${key}`,
    }),
  );
  expect(seen.at(-1)).toContain('configured-upstream-token');
  expect(`${seen.join()}${JSON.stringify(answer)}`).not.toContain(key);
});

test('C11 well-known probes and /register are 404 in JSON, without a key', async () => {
  for (const path of [
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/fixture/mcp',
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/fixture/mcp',
    '/fixture/mcp/.well-known/openid-configuration',
    '/.well-known/openid-configuration',
  ]) {
    const response = await fetch(`${running.url}${path}`);
    expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 404, 'application/json']);
  }
  expect((await post(`${running.url}/register`, { client_name: 'x' })).status).toBe(404);
});

test('C12 with tokens of an issuer the metadata of every endpoint is there without a key, and names the URL that was typed', async () => {
  const issuer = 'https://auth.example.com';
  const tokens = await startTestGateway({ auth: { keys: [key], jwt: { issuer, scopes: ['mcp'] } } });
  const known = '/.well-known/oauth-protected-resource';
  const origins = [tokens.url, tokens.url.replace('127.0.0.1', 'localhost')];
  for (const path of ['', '/mcp', '/sse', '/fixture/mcp', '/fixture/sse', '/fixture/rpc', '/fixture/tools/echo']) {
    for (const origin of origins) {
      const response = await fetch(`${origin}${known}${path}`, { headers: { origin: 'https://anywhere.example' } });
      expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 200, 'application/json']);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(await jsonOf(response)).toEqual({
        resource: `${origin}${path}`,
        authorization_servers: [issuer],
        scopes_supported: ['mcp'],
        bearer_methods_supported: ['header'],
        resource_name: 'mcp-sse-gateway',
      });
    }
  }
  for (const path of [
    `${known}/nowhere`,
    `${known}/fixture`,
    `${known}/other/mcp`,
    `${known}${known}`,
    `${known}-more`,
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration/fixture/mcp',
    '/fixture/mcp/.well-known/openid-configuration',
  ]) {
    const response = await fetch(`${tokens.url}${path}`);
    expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 404, 'application/json']);
  }
  expect((await getRaw(tokens.url, known, ['Host: evil.example'])).status).toBe(403);
  await tokens.gateway.stop();
});

test('C13 forwarded names and addresses of a peer that is not trusted count for nothing', async () => {
  const limited = await startTestGateway({ limits: { rate: { perMinute: 1, burst: 2 } } });
  const ask = (n: number) =>
    post(`${limited.url}/fixture/rpc`, request('ping'), {
      'x-forwarded-for': `10.0.0.${n}`,
      'x-forwarded-user': `u${n}`,
      'x-real-ip': `10.0.0.${n}`,
    });
  const answers = [];
  for (let n = 0; n < 4; n++) answers.push((await ask(n)).status);
  expect(answers).toEqual([200, 200, 429, 429]);
  await limited.gateway.stop();
});

test('C14 without a key nothing but a status is told', async () => {
  for (const path of ['/metrics', '/events', '/admin', '/ready', '/'])
    expect([401, 404]).toContain((await fetch(`${running.url}${path}`)).status);
  for (const path of ['/health', '/fixture/health']) {
    expect(Object.keys(await jsonOf(await fetch(`${running.url}${path}`)))).toEqual([
      'status',
      'service',
      'version',
      'uptime',
      'tools_count',
      'timestamp',
    ]);
  }
});

test('C15 keys are in no log, error or listing', async () => {
  const texts = await Promise.all(
    [
      fetch(`${running.url}/${key}`, { headers: { 'x-api-key': key } }),
      fetch(`${running.url}/`, { headers: { 'x-api-key': key } }),
      fetch(`${running.url}/ready`, { headers: { 'x-api-key': key } }),
      post(`${running.url}/fixture/mcp`, `{"${key}`, { ...both, 'x-api-key': key }),
      post(`${running.url}/fixture/rpc`, request('tools/call', { name: 'fail', arguments: { how: 'by a defect' } }), {
        'x-api-key': key,
      }),
    ].map(async (response) => (await response).text()),
  );
  expect(texts.join('\n')).not.toContain(key);
  expect(running.log()).toContain('"err"');
  expect(running.log()).not.toContain(key);
});
