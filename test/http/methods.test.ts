import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonOf, startTestGateway, type TestGateway } from '../support/gateway.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway();
});
afterAll(() => running.gateway.stop());

test.each([
  ['GET', '/fixture/rpc', 'POST, OPTIONS'],
  ['DELETE', '/rpc', 'POST, OPTIONS'],
  ['POST', '/fixture/tools', 'GET, HEAD, OPTIONS'],
  ['PUT', '/tools', 'GET, HEAD, OPTIONS'],
  ['GET', '/fixture/tools/echo', 'POST, OPTIONS'],
  ['GET', '/fixture/message', 'POST, OPTIONS'],
  ['DELETE', '/fixture/messages?sessionId=x', 'POST, OPTIONS'],
  ['PATCH', '/fixture/openapi.json', 'GET, HEAD, OPTIONS'],
  ['POST', '/fixture/health', 'GET, HEAD, OPTIONS'],
  ['DELETE', '/health/', 'GET, HEAD, OPTIONS'],
  ['POST', '/ready', 'GET, HEAD, OPTIONS'],
  ['PUT', '/', 'GET, HEAD, OPTIONS'],
  ['DELETE', '/fixture/sse', 'GET, HEAD, POST, OPTIONS'],
  ['GET', '/fixture/mcp', 'POST, OPTIONS'],
  ['HEAD', '/fixture/mcp', 'POST, OPTIONS'],
  ['DELETE', '/mcp', 'POST, OPTIONS'],
  ['PROPFIND', '/fixture/mcp', /POST/],
])('%s %s is 405 and names what is allowed', async (method, path, allow) => {
  const response = await fetch(`${running.url}${path}`, { method });
  expect([response.status, response.headers.get('content-type')]).toEqual([405, 'application/json']);
  if (typeof allow !== 'string') expect(response.headers.get('allow')).toMatch(allow);
  else expect(sorted(response.headers.get('allow') ?? '')).toEqual(sorted(allow));
  if (method !== 'HEAD') expect((await jsonOf(response)).error.message).toMatch(/not allowed/i);
});

const sorted = (list: string) => list.split(', ').sort();

test.each([
  '/nowhere',
  '/fixture',
  '/fixture/rpc/more',
  '/fixture/tools/a/b',
  '/other/mcp',
  '/register',
  '/fixture/healthy',
])('every method on %s is 404', async (path) => {
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'])
    expect([method, (await fetch(`${running.url}${path}`, { method })).status]).toEqual([method, 404]);
});

test('HEAD is GET without a body', async () => {
  for (const path of ['/', '/health', '/ready', '/tools', '/fixture/tools', '/fixture/openapi.json', '/fixture/sse']) {
    const response = await fetch(`${running.url}${path}`, { method: 'HEAD' });
    expect([path, response.status, await response.text()]).toEqual([path, 200, '']);
  }
  const [get, head] = await Promise.all(
    ['GET', 'HEAD'].map((method) => fetch(`${running.url}/fixture/tools`, { method })),
  );
  expect(head?.headers.get('etag')).toBe(get?.headers.get('etag'));
});
