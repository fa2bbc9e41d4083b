import { expect, onTestFinished, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { jsonOf, post, request, startTestGateway } from '../support/gateway.ts';
import { getRaw, sendRaw } from '../support/raw-http.ts';
import { SseClient } from '../support/sse-client.ts';

const key = 'correct-horse-battery-staple';
const headers = { authorization: `Bearer ${key}` };
const auth = { keys: [{ name: 'one', key }] };

async function start(burst: number, config: Record<string, unknown> = {}, aborted = { count: 0 }) {
  const running = await startTestGateway({ auth, limits: { rate: { perMinute: 1, burst } }, ...config }, [
    fixturePlugin('fixture', aborted),
  ]);
  onTestFinished(() => running.gateway.stop());
  return running.url;
}

async function statusesOf(count: number, send: () => Promise<Response>): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (let i = 0; i < count; i++) {
    const { status } = await send();
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

test.each(['/fixture/message?sessionId=guess', '/fixture/message', '/messages?sessionId=x', '/nowhere/message'])(
  'POST %s is limited where no session is found',
  async (path) => {
    const url = await start(5);
    const counts = await statusesOf(12, () => post(`${url}${path}`, request('ping'), headers));
    expect(counts[429]).toBe(7);
  },
);

test.each(['/fixture/tools/message', '/fixture/message', '/a/b/message'])(
  'GET and POST %s are limited',
  async (path) => {
    const url = await start(3);
    expect((await statusesOf(6, () => fetch(`${url}${path}`, { headers })))[429]).toBe(3);
  },
);

test('a cancellation gets through over the limit, since nothing would tell its client that it did not', async () => {
  const aborted = { count: 0 };
  const url = await start(3, {}, aborted);
  const { client, send } = await SseClient.session(url, '/fixture/sse', headers);
  await send(request('tools/call', { name: 'wait', arguments: { ms: 30_000 } }, 'long'));
  await expect.poll(() => send(request('ping', {}, 'extra')).then(({ status }) => status)).toBe(202);
  await send(request('ping', {}, 'refused'));
  expect((await client.answer('refused')).error.message).toContain('limits.rate');
  await send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'long' } });
  await expect.poll(() => aborted.count).toBe(1);
  client.close();
});

test('liveness and discovery answer whatever an address has guessed', async () => {
  const url = await start(3);
  await statusesOf(8, () => fetch(`${url}/fixture/tools`, { headers: { authorization: 'Bearer wrong' } }));
  expect((await fetch(`${url}/fixture/tools`)).status).toBe(429);
  expect(await statusesOf(5, () => fetch(`${url}/health`))).toEqual({ 200: 5 });
  expect(await statusesOf(5, () => fetch(`${url}/.well-known/oauth-authorization-server`))).toEqual({ 404: 5 });
});

test.each(['/fixture/rpc', '/fixture/mcp'])('each entry of a batch to %s counts as a request', async (path) => {
  const url = await start(20);
  const batch = (size: number) => Array.from({ length: size }, (_, id) => request('ping', {}, id));
  const version = { ...headers, 'mcp-protocol-version': '2025-03-26', accept: 'application/json, text/event-stream' };
  expect((await post(`${url}${path}`, batch(15), version)).status).toBe(200);
  const second = await post(`${url}${path}`, batch(15), version);
  expect([second.status, Number(second.headers.get('retry-after')) > 0]).toEqual([429, true]);
  expect(second.headers.get('ratelimit-remaining')).toMatch(/^\d+$/);
  expect((await jsonOf(second)).error.message).toContain('Each entry of a batch');
});

test('in a batch each entry is answered, whatever the others are', async () => {
  const url = await start(100);
  const batch = [1, { jsonrpc: '2.0', method: 'notifications/x' }, request('ping', {}, 7)];
  const version = { ...headers, 'mcp-protocol-version': '2025-03-26' };
  for (const path of ['/fixture/rpc', '/fixture/mcp']) {
    const answers = await jsonOf(await post(`${url}${path}`, batch, version));
    expect(answers, path).toMatchObject([
      { id: null, error: { code: -32600 } },
      { id: 7, result: {} },
    ]);
  }
});

test('CONNECT is answered in the form of every other refusal', async () => {
  const url = await start(100);
  const {
    status,
    headers: head,
    body,
  } = await sendRaw(url, 'CONNECT example.com:443 HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect([status, /X-Request-Id: \S+/.test(head)]).toEqual([405, true]);
  expect(JSON.parse(body).error.message).toContain('no proxy');
});

test('a forwarded prefix with dot segments is not believed', async () => {
  const url = await start(100, { server: { port: 0, trustedProxies: ['127.0.0.1'] } });
  const prefixOf = async (prefix: string) => {
    const lines = ['Host: localhost', `Authorization: Bearer ${key}`, `X-Forwarded-Prefix: ${prefix}`];
    return JSON.parse((await getRaw(url, '/', lines)).body).health;
  };
  expect(await prefixOf('/gateway')).toBe('/gateway/health');
  for (const prefix of ['/a/../b', '/..', '/./a']) expect(await prefixOf(prefix), prefix).toBe('/health');
});
