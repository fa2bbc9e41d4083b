import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonOf, post, request } from '../support/gateway.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { SseClient } from '../support/sse-client.ts';
import { both } from './endpoints.ts';

let running: GatewayProcess;
beforeAll(async () => {
  running = await GatewayProcess.start({ limits: { requestTime: '2s', sessions: 100_000 } });
});
afterAll(() => running.terminate());

const call = (name: string, args: object, id: number | string = 1, token?: string) =>
  request('tools/call', { name, arguments: args, ...(token ? { _meta: { progressToken: token } } : {}) }, id);

test('G1 the first event of an SSE stream is the endpoint, on one line, with nothing before it', async () => {
  for (const [path, endpoint] of [
    ['/fixture/sse', '/fixture/message'],
    ['/sse', '/message'],
  ] as const) {
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    let text = '';
    while (!text.includes('\n\n')) text += String((await once(socket, 'data'))[0]);
    socket.destroy();
    const body = text.slice(text.indexOf('\r\n\r\n') + 4).replace(/^[0-9a-f]+\r\n/, '');
    expect(body).toMatch(new RegExp(`^event: endpoint\ndata: ${endpoint}\\?sessionId=[\\w-]+\n\n`));
  }
});

test('G4 streams say that they are not to be cached, changed or buffered', async () => {
  const streams = [await SseClient.open(`${running.url}/fixture/sse`)];
  streams.push(
    await SseClient.open(`${running.url}/fixture/mcp`, {
      method: 'POST',
      headers: both,
      body: JSON.stringify(call('flood', { times: 3 }, 1, 'p')),
    }),
  );
  for (const { response } of streams) {
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
  }
  for (const stream of streams) stream.close();
});

test('G5 a client that never reads while 100 MB are sent to it is closed, alone, and memory stays bounded', async () => {
  const port = Number(new URL(running.url).port);
  const deaf = connect(port, '127.0.0.1');
  deaf.write('GET /fixture/sse HTTP/1.1\r\nHost: localhost\r\n\r\n');
  let heard = '';
  while (!heard.includes('sessionId=')) heard += String((await once(deaf, 'data'))[0]); // the headers may come alone
  deaf.pause();
  const endpoint = /data: (\S+)/.exec(heard)?.[1] ?? '';
  const other = await SseClient.session(running.url, '/fixture/sse');
  const before = (await running.state()).rss;
  let most = 0;
  let status = 202;
  for (let n = 0; n < 100 && status === 202; n++) {
    ({ status } = await post(`${running.url}${endpoint}`, call('text', { length: 1_000_000 }, n)));
    most = Math.max(most, (await running.state()).rss);
  }
  expect(status).toBe(404);
  expect((most - before) / 1e6).toBeLessThan(100);
  await other.send(request('ping', {}, 'alive'));
  expect(await other.client.answer('alive')).toMatchObject({ result: {} });
  other.client.close();
  deaf.destroy();
});

test('G7 after 10,000 connects and disconnects nothing is left behind', async () => {
  const port = Number(new URL(running.url).port);
  const visit = (wait: 'headers' | 'nothing') =>
    new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write('GET /fixture/sse HTTP/1.1\r\nHost: localhost\r\n\r\n');
        if (wait === 'nothing') socket.destroy();
      });
      socket.once('data', () => socket.destroy());
      socket.on('close', () => resolve());
      socket.on('error', () => resolve());
    });
  const round = async (visits: number) => {
    for (let n = 0; n < visits; n += 50)
      await Promise.all(Array.from({ length: 50 }, (_, k) => visit(k % 5 === 0 ? 'nothing' : 'headers')));
    await expect.poll(async () => (await running.state()).sockets, { timeout: 10_000 }).toBeLessThan(5);
  };
  await round(1000); // what is made once, such as compiled code and pools, is there after these
  const before = await running.state();
  await round(10_000);
  const after = await running.state();
  expect(after.timers).toBeLessThanOrEqual(before.timers);
  expect(after.heap / before.heap).toBeLessThan(1.05);
}, 120_000);

test('G8 headers and bodies that drip in are cut with 408, and event streams are not', async () => {
  const port = Number(new URL(running.url).port);
  const { client, send } = await SseClient.session(running.url, '/fixture/sse');
  const drip = (start: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(start));
      const timer = setInterval(() => socket.write('x'), 200);
      let text = '';
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(timer);
        resolve(text);
      });
    });
  const [headers, body] = await Promise.all([
    drip('GET /fixture/tools HTTP/1.1\r\nHost: localhost\r\nX-Slow: '),
    drip(
      'POST /fixture/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n',
    ),
  ]);
  expect(headers).toMatch(/^HTTP\/1\.1 408 /);
  expect(body === '' || body.startsWith('HTTP/1.1 408 ')).toBe(true); // closed, with the status where nothing was answered yet
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await send(request('ping', {}, 'alive'));
  expect(await client.answer('alive')).toMatchObject({ result: {} });
  client.close();
}, 60_000);

test('G9 five hundred sockets that say nothing are closed, and others are served meanwhile', async () => {
  const port = Number(new URL(running.url).port);
  const sockets = await Promise.all(
    Array.from({ length: 500 }, async () => {
      const socket: Socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.resume();
      await once(socket, 'connect');
      return socket;
    }),
  );
  const closed = Promise.all(sockets.map((socket) => (socket.destroyed ? undefined : once(socket, 'close'))));
  expect((await fetch(`${running.url}/fixture/health`)).status).toBe(200);
  await closed;
  await expect.poll(async () => (await running.state()).sockets, { timeout: 10_000 }).toBeLessThan(20);
}, 60_000);

test('G10 a client that goes away calls its call off, on every endpoint', async () => {
  const { url } = running;
  const payload = (path: string) =>
    JSON.stringify(
      path.startsWith('/fixture/tools')
        ? { ms: 60_000 }
        : call(path.startsWith('/fixture') ? 'wait' : 'fixture__wait', { ms: 60_000 }),
    );
  const paths = ['/fixture/rpc', '/fixture/mcp', '/fixture/sse', '/fixture/tools/wait', '/rpc', '/mcp'];
  const before = (await running.state()).aborted;
  const gone = paths.map((path) => {
    const leaving = httpRequest(`${url}${path}`, { method: 'POST', headers: both });
    leaving.on('error', () => undefined);
    leaving.end(payload(path));
    return leaving;
  });
  const abort = new AbortController();
  const left = fetch(`${url}/fixture/mcp`, {
    method: 'POST',
    headers: { ...both, 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'wait' },
    body: JSON.stringify(
      request('tools/call', {
        name: 'wait',
        arguments: { ms: 60_000 },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      }),
    ),
    signal: abort.signal,
  }).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await running.state()).aborted).toBe(before);
  for (const leaving of gone) leaving.destroy();
  abort.abort();
  await left;
  await expect.poll(async () => (await running.state()).aborted).toBe(before + paths.length + 1);
});

test('G13 a message is accepted while its tool still runs', async () => {
  const { client, send } = await SseClient.session(running.url, '/fixture/sse');
  const accepted = await send(call('wait', { ms: 20_000 }, 'slow'));
  expect([accepted.status, client.events.length]).toEqual([202, 1]);
  client.close();
});

test('G15 above the rate, requests are 429 with when to come back, and sessions are told on their stream', async () => {
  const limited = await GatewayProcess.start({ limits: { rate: { perMinute: 6, burst: 6 } } });
  const session = await SseClient.session(limited.url, '/fixture/sse');
  const statuses: number[] = [];
  let last: Response | undefined;
  for (const path of [
    '/fixture/mcp',
    '/fixture/rpc',
    '/fixture/tools/wait',
    '/mcp',
    '/rpc',
    '/fixture/mcp',
    '/fixture/rpc',
    '/fixture/tools/wait',
  ]) {
    last = await post(`${limited.url}${path}`, path.includes('tools') ? { ms: 1 } : request('ping'), both);
    statuses.push(last.status);
  }
  expect(statuses.slice(-3)).toEqual([429, 429, 429]);
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(last?.headers.get('ratelimit-limit')).toBe('6');
  expect(last?.headers.get('ratelimit-remaining')).toBe('0');
  expect(last && (await jsonOf(last))).toMatchObject({
    jsonrpc: '2.0',
    error: { message: expect.stringContaining('limits.rate') },
  });
  expect((await session.send(request('ping', {}, 'soft'))).status).toBe(202);
  expect((await session.client.answer('soft')).error.message).toContain('limits.rate');
  session.client.close();
  await limited.terminate();
});

test('G17 SIGTERM during 100 calls and 100 streams: not ready at once, calls end, streams end, exit 0', async () => {
  const leaving = await GatewayProcess.start();
  const streams = await Promise.all(Array.from({ length: 100 }, () => SseClient.open(`${leaving.url}/fixture/sse`)));
  const calls = Array.from({ length: 100 }, (_, id) =>
    post(`${leaving.url}/fixture/rpc`, call('wait', { ms: 1500 }, id)).then(jsonOf),
  );
  await new Promise((resolve) => setTimeout(resolve, 700));
  const exit = leaving.terminate();
  await expect.poll(async () => (await fetch(`${leaving.url}/ready`)).status, { interval: 20 }).toBe(503);
  for (const { result } of await Promise.all(calls)) expect(result.structuredContent).toEqual({ waited: 1500 });
  for (const stream of streams) await stream.end();
  expect(await exit).toBe(0);
});

test('G18 a million progress reports are thinned, in order, and memory stays bounded', async () => {
  const before = (await running.state()).rss;
  const response = httpRequest(`${running.url}/fixture/mcp`, { method: 'POST', headers: both });
  response.end(JSON.stringify(call('flood', { times: 1_000_000 }, 'end', 'p')));
  const [incoming] = (await once(response, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  const messages = [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
  const steps = messages
    .filter(({ method }) => method === 'notifications/progress')
    .map(({ params }) => params.progress as number);
  expect(steps.length).toBeLessThan(2000);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(steps.at(-1)).toBe(1_000_000);
  expect(messages.at(-1)).toMatchObject({ id: 'end', result: { structuredContent: { times: 1_000_000 } } });
  expect(((await running.state()).rss - before) / 1e6).toBeLessThan(60);
});
