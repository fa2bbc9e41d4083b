import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { getRaw, sendRaw } from '../support/raw-http.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway();
});
afterAll(() => running.gateway.stop());

const gets = [
  '/',
  '/health',
  '/ready',
  '/tools',
  '/openapi.json',
  '/sse',
  '/mcp',
  '/fixture/health',
  '/fixture/tools',
  '/fixture/openapi.json',
  '/fixture/sse',
  '/fixture/mcp',
];
const posts = [
  '/rpc',
  '/mcp',
  '/sse',
  '/message?sessionId=x',
  '/tools/fixture__echo',
  '/fixture/rpc',
  '/fixture/mcp',
  '/fixture/sse',
  '/fixture/message?sessionId=x',
  '/fixture/messages?sessionId=x',
  '/fixture/tools/echo',
];

async function statuses(lines: readonly string[]): Promise<Set<number>> {
  const body = '{}';
  const post = (path: string) =>
    sendRaw(
      running.url,
      [
        `POST ${path} HTTP/1.1`,
        ...lines,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        'Connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  const all = await Promise.all([...gets.map((path) => getRaw(running.url, path, lines)), ...posts.map(post)]);
  return new Set(all.map(({ status }) => status));
}

describe('on every route', () => {
  test('B2 Origin: null is 403', async () =>
    expect(await statuses(['Host: localhost', 'Origin: null'])).toEqual(new Set([403])));

  test('B3 two Origin headers are 403', async () =>
    expect(await statuses(['Host: localhost', 'Origin: http://localhost', 'Origin: http://localhost'])).toEqual(
      new Set([403]),
    ));

  test.each([
    'http://localhost.evil.com',
    'http://localhost:1@evil.com',
    'http://127.0.0.1.nip.io',
    'http://evil.com/localhost',
    'http://evil.com#localhost',
    'javascript://localhost',
    'http://localhost%00.evil.com',
    'http://[::1].evil.com',
  ])('B4 Origin: %s is 403', async (origin) =>
    expect(await statuses(['Host: localhost', `Origin: ${origin}`])).toEqual(new Set([403])),
  );

  test('B5 Host: evil.com is 403', async () => expect(await statuses(['Host: evil.com'])).toEqual(new Set([403])));

  test('B7 an absent, empty or repeated Host is 400 or 403, whatever is forwarded', async () => {
    for (const lines of [
      ['Host: '],
      ['Host: localhost', 'Host: localhost'],
      ['Host: evil.com', 'X-Forwarded-Host: localhost'],
      ['Host: localhost:8000/..'],
      ['Host: local host'],
    ]) {
      for (const status of await statuses(lines)) expect([400, 403]).toContain(status);
    }
    expect((await sendRaw(running.url, 'GET /health HTTP/1.0\r\n\r\n')).status).toBe(400);
    expect((await sendRaw(running.url, 'GET /health HTTP/1.1\r\nHost: localhost\revil.com\r\n\r\n')).status).toBe(400);
  });

  test('B7 X-Forwarded-Host of a peer that is not trusted changes nothing', async () => {
    expect((await getRaw(running.url, '/health', ['Host: localhost', 'X-Forwarded-Host: evil.com'])).status).toBe(200);
  });

  test('B8 a request target with a host of its own is held to the same list', async () => {
    for (const path of gets)
      expect((await getRaw(running.url, `http://evil.com${path}`, ['Host: localhost'])).status).toBe(403);
    expect((await getRaw(running.url, 'http://localhost/fixture/health', ['Host: localhost'])).status).toBe(200);
  });
});

test('B6 the loopback names are accepted, with and without a port', async () => {
  for (const host of ['localhost:8000', 'localhost', '[::1]:8000', '[::1]', '127.0.0.1', '127.0.0.1:9']) {
    expect((await getRaw(running.url, '/fixture/health', [`Host: ${host}`])).status).toBe(200);
  }
});

test('B9 no Origin at all is allowed', async () => {
  expect((await getRaw(running.url, '/fixture/tools', ['Host: localhost'])).status).toBe(200);
});
