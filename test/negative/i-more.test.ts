import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { getRaw, sendRaw } from '../support/raw-http.ts';
import { SseClient } from '../support/sse-client.ts';
import { both, modern } from './endpoints.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway();
});
afterAll(() => running.gateway.stop());

const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const initialize = request('initialize', { protocolVersion: '2025-11-25', capabilities: { elicitation: {} } });

test.each(
  ['/fixture/rpc', '/fixture/mcp', '/fixture/tools/text'].flatMap((path) => [
    [90, path] as const,
    [200, path] as const,
  ]),
)('a peer that pipelines %i calls to %s and never reads costs one answer, not hundreds', async (calls, path) => {
  const gateway = await GatewayProcess.start();
  const before = (await gateway.state()).rss;
  const body = JSON.stringify(
    path.includes('tools')
      ? { length: 2_000_000 }
      : request('tools/call', { name: 'text', arguments: { length: 2_000_000 } }),
  );
  const one = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const deaf = Array.from({ length: 4 }, () => connect(Number(new URL(gateway.url).port), '127.0.0.1'));
  for (const socket of deaf) {
    socket.on('error', () => undefined);
    socket.pause();
    await once(socket, 'connect');
    socket.write(one.repeat(calls));
  }
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(((await gateway.state()).rss - before) / 1e6).toBeLessThan(100);
  expect((await post(`${gateway.url}/fixture/rpc`, request('ping'))).status).toBe(200);
  for (const socket of deaf) socket.destroy();
  await gateway.terminate();
});

test('pipelined requests are answered in their order', async () => {
  const bodies = [1, 2, 3].map((id) =>
    JSON.stringify(request('tools/call', { name: 'wait', arguments: { ms: 60 - id * 20 } }, id)),
  );
  const text = bodies.map(
    (body, n) =>
      `POST /fixture/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${n === 2 ? 'Connection: close\r\n' : ''}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => {
    received += String(chunk);
  });
  socket.write(text.join(''));
  await once(socket, 'close');
  expect([...received.matchAll(/"id":(\d)/g)].map(([, id]) => id)).toEqual(['1', '2', '3']);
});

test('a requestState with anything added, taken away or spelt otherwise is refused', async () => {
  const ask = (params: Record<string, unknown>) =>
    modern(running.url, 'tools/call', { name: 'ask', arguments: {}, ...params }, { capabilities: { elicitation: {} } });
  const { result } = await jsonOf(await ask({}));
  const [question = ''] = Object.keys(result.inputRequests);
  const inputResponses = { [question]: { action: 'accept', content: { name: 'Eve' } } };
  const state = result.requestState as string;
  for (const other of [
    `${state}x`,
    `${state}=`,
    `${state}!`,
    `${state}\n`,
    ` ${state}`,
    `${state.slice(0, 9)}\n${state.slice(9)}`,
    state.slice(0, -1),
    `${state}-TAMPERED`,
  ]) {
    const response = await ask({ inputResponses, requestState: other });
    expect([response.status, (await jsonOf(response)).error.message]).toEqual([400, 'Invalid or expired requestState']);
  }
  expect((await jsonOf(await ask({ inputResponses, requestState: state }))).result.structuredContent).toEqual({
    greeting: 'Hello Eve',
  });
});

test('a message of 2026-07-28 cannot hide from its headers in a batch', async () => {
  const call = request('tools/call', { name: 'echo', arguments: { text: 'x' }, _meta: modernMeta });
  for (const headers of [both, { ...both, 'mcp-protocol-version': '2025-03-26' }]) {
    const response = await post(`${running.url}/fixture/mcp`, [call], headers);
    expect([response.status, (await jsonOf(response)).error.code]).toEqual([400, -32600]);
  }
});

test('a session that began with POST /sse goes on and ends there', async () => {
  const opened = await post(`${running.url}/fixture/sse`, initialize, both);
  const headers = {
    ...both,
    'mcp-session-id': opened.headers.get('mcp-session-id') ?? '',
    'mcp-protocol-version': '2025-11-25',
  };
  const stream = await SseClient.open(`${running.url}/fixture/sse`, { headers });
  expect([stream.response.status, (await fetch(`${running.url}/fixture/sse`, { headers })).status]).toEqual([200, 409]);
  expect(
    (await fetch(`${running.url}/fixture/sse`, { headers: { ...headers, 'mcp-session-id': 'unknown' } })).status,
  ).toBe(404);
  expect((await fetch(`${running.url}/fixture/sse`, { method: 'DELETE', headers })).ok).toBe(true);
  expect((await post(`${running.url}/fixture/sse`, request('ping'), headers)).status).toBe(404);
  expect(stream.events.some(({ event }) => event === 'endpoint')).toBe(false);
  stream.close();
});

test('every refusal is JSON and has a request id, also where HTTP itself is not understood', async () => {
  const answers = await Promise.all([
    sendRaw(running.url, 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n'),
    sendRaw(running.url, 'GET /health HTTP/1.0\r\n\r\n'),
    ...[
      '',
      'localhost:abc',
      'localhost:99999',
      'localhost@evil.com',
      'localhost/evil',
      'localhost, evil.com',
      '[::ffff:127.0.0.1]',
      '127.1',
      '0x7f.1',
      '2130706433',
    ].map((host) => getRaw(running.url, '/health', [`Host: ${host}`])),
    getRaw(running.url, '/health', ['Host: localhost', 'Expect: miracles']),
    getRaw(running.url, 'ftp://localhost/health', ['Host: localhost']),
    sendRaw(running.url, 'POST * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
    sendRaw(running.url, 'FOO /health HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    sendRaw(
      running.url,
      'GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ),
  ]);
  for (const { status, headers, body } of answers) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(headers).toMatch(/^x-request-id: \S+/im);
    expect(JSON.parse(body)).toMatchObject({ error: { message: expect.any(String) } });
  }
});

test('parameters that are no object are answered on the stream of HTTP+SSE', async () => {
  const { client, send } = await SseClient.session(running.url, '/fixture/sse');
  expect((await send({ jsonrpc: '2.0', id: 4, method: 'tools/call', params: [] })).status).toBe(202);
  expect((await client.answer(4)).error.code).toBe(-32602);
  client.close();
});

test('a call of a session that was called off is answered with nothing, not with broken JSON', async () => {
  const opened = await post(`${running.url}/fixture/mcp`, initialize, both);
  const headers = {
    ...both,
    'mcp-session-id': opened.headers.get('mcp-session-id') ?? '',
    'mcp-protocol-version': '2025-11-25',
  };
  const called = post(
    `${running.url}/fixture/mcp`,
    request('tools/call', { name: 'wait', arguments: { ms: 20_000 } }, 'long'),
    headers,
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  await post(
    `${running.url}/fixture/mcp`,
    { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'long' } },
    headers,
  );
  const response = await called;
  // 202 would be for notifications and responses (2025-11-25, transports): a request gets JSON or a stream.
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    200,
    'text/event-stream',
    '',
  ]);
});

test('a subscription takes any Accept that a stream fits, and a log level must be one', async () => {
  const headers = {
    'content-type': 'application/json',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'subscriptions/listen',
  };
  const body = JSON.stringify(
    request('subscriptions/listen', { notifications: { toolsListChanged: true }, _meta: modernMeta }),
  );
  const stream = await SseClient.open(`${running.url}/fixture/mcp`, {
    method: 'POST',
    headers: { ...headers, accept: '*/*' },
    body,
  });
  await stream.next(({ data }) => data.includes('acknowledged'));
  stream.close();
  expect(
    (
      await fetch(`${running.url}/fixture/mcp`, {
        method: 'POST',
        headers: { ...headers, accept: 'application/json' },
        body,
      })
    ).status,
  ).toBe(406);
  const loud = await modern(
    running.url,
    'tools/list',
    {},
    { meta: { ...modernMeta, 'io.modelcontextprotocol/logLevel': 'loud' } },
  );
  expect([loud.status, (await jsonOf(loud)).error.code]).toEqual([400, -32602]);
});

test('guesses of keys are limited by address', async () => {
  const keyed = await startTestGateway({
    auth: { keys: ['the-right-key-0123456789'] },
    limits: { rate: { perMinute: 10, burst: 5 } },
  });
  const statuses = [];
  for (let n = 0; n < 8; n++)
    statuses.push((await post(`${keyed.url}/fixture/rpc`, request('ping'), { 'x-api-key': `guess-${n}` })).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  expect(
    (await post(`${keyed.url}/fixture/rpc`, request('ping'), { 'x-api-key': 'the-right-key-0123456789' })).status,
  ).toBe(200);
  await keyed.gateway.stop();
});
