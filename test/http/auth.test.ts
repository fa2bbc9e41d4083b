import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { getRaw } from '../support/raw-http.ts';
import { SseClient } from '../support/sse-client.ts';

const key = 'correct-horse-battery-staple';
const other = 'another-key-of-another-person';
let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({
    auth: {
      keys: [
        { name: 'one', key },
        { name: 'two', key: other },
      ],
    },
  });
});
afterAll(() => running.gateway.stop());

const closed = [
  '/',
  '/ready',
  '/metrics',
  '/tools',
  '/openapi.json',
  '/sse',
  '/mcp',
  '/fixture/tools',
  '/fixture/openapi.json',
  '/fixture/sse',
  '/fixture/mcp',
];

test.each(closed)('GET %s needs a key', async (path) => {
  const response = await fetch(`${running.url}${path}`);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
  expect(await jsonOf(response)).toMatchObject({ error: { message: expect.stringContaining('X-API-Key') } });
});

test.each(['/rpc', '/mcp', '/sse', '/message', '/fixture/rpc', '/fixture/mcp', '/fixture/tools/echo'])(
  'POST %s needs a key',
  async (path) => {
    expect((await post(`${running.url}${path}`, request('ping'))).status).toBe(401);
  },
);

test.each([
  ['a bearer token', { authorization: `Bearer ${key}` }],
  ['a bearer token in lower case', { authorization: `bearer ${key}` }],
  ['an API key header', { 'x-api-key': key }],
  ['the same key in both', { authorization: `Bearer ${key}`, 'x-api-key': key }],
  ['an API key beside the empty bearer of Open WebUI', { authorization: 'Bearer ', 'x-api-key': key }],
])('%s opens', async (_what, headers) => {
  expect((await post(`${running.url}/fixture/rpc`, request('ping'), headers)).status).toBe(200);
});

test.each([
  ['an empty bearer', ['Authorization: Bearer ']],
  ['a wrong key', ['Authorization: Bearer wrong']],
  ['a key of the same length', [`Authorization: Bearer ${key.replace('c', 'k')}`]],
  ['a key with more behind it', [`X-API-Key: ${key}x`]],
  ['another scheme', [`Authorization: Basic ${Buffer.from(`x:${key}`).toString('base64')}`]],
  ['two bearer tokens', [`Authorization: Bearer ${key}`, 'Authorization: Bearer wrong']],
  ['two API keys', [`X-API-Key: ${key}`, `X-API-Key: ${other}`]],
  ['two keys that differ', [`Authorization: Bearer ${key}`, `X-API-Key: ${other}`]],
])('%s does not', async (_what, lines) => {
  expect((await getRaw(running.url, '/fixture/tools', ['Host: localhost', ...lines])).status).toBe(401);
});

test('a key in the URL does not', async () => {
  expect((await fetch(`${running.url}/fixture/tools?key=${key}&access_token=${key}&api_key=${key}`)).status).toBe(401);
});

test('health says only a status without a key, and more with one', async () => {
  const fields = ['status', 'service', 'version', 'uptime', 'tools_count', 'timestamp'];
  for (const path of ['/health', '/fixture/health']) {
    const response = await fetch(`${running.url}${path}`);
    expect([response.status, Object.keys(await jsonOf(response))]).toEqual([200, fields]);
  }
});

test('well-known paths and /register are plain 404s, since a 401 there breaks clients', async () => {
  for (const path of [
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/fixture/mcp',
    '/fixture/mcp/.well-known/openid-configuration',
  ]) {
    expect((await fetch(`${running.url}${path}`)).status).toBe(404);
  }
  expect((await post(`${running.url}/register`, {})).status).toBe(404);
});

test('a session belongs to the key that opened it', async () => {
  const { client, endpoint, send } = await SseClient.session(running.url, '/fixture/sse', { 'x-api-key': key });
  expect((await post(endpoint, request('ping'), { 'x-api-key': other })).status).toBe(404);
  expect((await send(request('ping'))).status).toBe(202);
  expect(await client.answer(1)).toMatchObject({ result: {} });
  client.close();
});

test('keys are never in the log or in an answer', async () => {
  const answers = await Promise.all([
    fetch(`${running.url}/${key}?x=${key}`, { headers: { 'x-api-key': key } }),
    post(`${running.url}/fixture/rpc`, request('tools/call', { name: 'fail', arguments: { how: 'by a defect' } }), {
      'x-api-key': key,
    }),
    fetch(`${running.url}/ready`, { headers: { 'x-api-key': key } }),
  ]);
  for (const answer of answers) expect(await answer.text()).not.toContain(key);
  expect(running.log()).not.toContain(key);
});

test('without keys, credentials are not looked at', async () => {
  const open = await startTestGateway();
  expect((await post(`${open.url}/fixture/rpc`, request('ping'), { authorization: 'Bearer ' })).status).toBe(200);
  expect((await post(`${open.url}/fixture/rpc`, request('ping'), { authorization: 'Bearer whatever' })).status).toBe(
    200,
  );
  await open.gateway.stop();
});

test('a gateway that others can reach refuses to start without a key, unless told so', async () => {
  await expect(startTestGateway({ server: { host: '0.0.0.0' } })).rejects.toMatchObject({
    code: 'bad_config',
    message: expect.stringContaining('auth.open'),
  });
  const open = await startTestGateway({ server: { host: '0.0.0.0' }, auth: { open: true } });
  expect((await fetch(`${open.url}/health`)).status).toBe(200);
  await open.gateway.stop();
});
