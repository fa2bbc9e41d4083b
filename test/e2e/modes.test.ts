import { expect, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { jsonOf, post, request, startTestGateway } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';

const plugins = () => [fixturePlugin('one'), fixturePlugin('two')];
const ports = { plugins: { one: { port: 0 }, two: { port: 0 } } };

test('prefix mode serves every plugin under its path, and the aggregate, on one port', async () => {
  const { gateway, url } = await startTestGateway({}, plugins());
  expect(gateway.listeners).toEqual([{ url, plugin: null }]);
  const index = await jsonOf(await fetch(url));
  expect(index.plugins.map((plugin: { endpoints: { sse: string } }) => plugin.endpoints.sse)).toEqual([
    '/one/sse',
    '/two/sse',
  ]);
  expect(await jsonOf(await fetch(`${url}/two/health`))).toMatchObject({ service: 'two', tools_count: 4 });
  expect(await jsonOf(await fetch(`${url}/health`))).toMatchObject({ service: 'gateway', tools_count: 8 });
  await gateway.stop();
});

test('port mode gives each plugin the root of its own port, and nothing of another', async () => {
  const { gateway } = await startTestGateway({ server: { mode: 'ports' }, ...ports }, plugins());
  expect(gateway.listeners.map(({ plugin }) => plugin)).toEqual(['one', 'two']);
  const one = gateway.listeners[0]?.url ?? '';
  expect(await jsonOf(await fetch(`${one}/health`))).toMatchObject({ service: 'one', tools_count: 4 });
  const { client, send } = await SseClient.session(one, '/sse');
  expect(client.events[0]?.data).toMatch(/^\/message\?sessionId=/);
  await send(request('tools/list'));
  expect((await client.answer(1)).result.tools.map((tool: { name: string }) => tool.name)).toEqual([
    'echo',
    'wait',
    'ask',
    'fail',
  ]);
  client.close();
  expect((await post(`${one}/mcp`, request('ping'))).status).toBe(200);
  expect((await post(`${one}/tools/echo`, { text: 'x' })).status).toBe(200);
  for (const path of ['/one/health', '/two/health', '/two/sse', '/two/tools'])
    expect((await fetch(`${one}${path}`)).status).toBe(404);
  expect(JSON.stringify(await jsonOf(await fetch(one)))).not.toContain('two');
  expect(Object.keys((await jsonOf(await fetch(`${one}/ready`))).plugins)).toEqual(['one']);
  await gateway.stop();
});

test('a session of one port is unknown on another', async () => {
  const { gateway } = await startTestGateway({ server: { mode: 'ports' }, ...ports }, plugins());
  const [one, two] = gateway.listeners.map(({ url }) => url);
  const { client, endpoint } = await SseClient.session(one ?? '', '/sse');
  expect((await post(endpoint.replace(one ?? '', two ?? ''), request('ping'))).status).toBe(404);
  client.close();
  await gateway.stop();
});

test('both modes run at once', async () => {
  const { gateway } = await startTestGateway({ server: { mode: 'both' }, ...ports }, plugins());
  expect(gateway.listeners.map(({ plugin }) => plugin)).toEqual([null, 'one', 'two']);
  for (const { url, plugin } of gateway.listeners) {
    expect((await fetch(`${url}${plugin ? '' : '/one'}/tools`)).status).toBe(200);
  }
  await gateway.stop();
});

test('a port in use ends the start with its name, and leaves nothing running', async () => {
  const first = await startTestGateway();
  const { port } = new URL(first.url);
  await expect(startTestGateway({ server: { port: Number(port) } })).rejects.toMatchObject({
    code: 'bad_config',
    message: expect.stringContaining(`port ${port}`),
  });
  await expect(
    startTestGateway({ server: { mode: 'both' }, plugins: { fixture: { port: Number(port) } } }),
  ).rejects.toMatchObject({ message: expect.stringContaining('plugins.fixture.port') });
  await first.gateway.stop();
  const again = await startTestGateway({ server: { port: Number(port) } });
  await again.gateway.stop();
});

test('a public prefix is told to clients, whether the proxy strips it or not', async () => {
  const { gateway, url } = await startTestGateway({
    server: { publicUrl: 'https://tools.example.com/gw', trustedProxies: ['127.0.0.1'] },
  });
  for (const path of ['/fixture/sse', '/gw/fixture/sse']) {
    const { client } = await SseClient.session(url, path);
    expect(client.events[0]?.data).toMatch(/^\/gw\/fixture\/message\?/);
    client.close();
  }
  const forwarded = await SseClient.session(url, '/fixture/sse', { 'x-forwarded-prefix': '/outer/inner/' });
  expect(forwarded.client.events[0]?.data).toMatch(/^\/outer\/inner\/fixture\/message\?/);
  forwarded.client.close();
  const forged = await SseClient.session(url, '/fixture/sse', { 'x-forwarded-prefix': '//evil.com/x' });
  expect(forged.client.events[0]?.data).toMatch(/^\/gw\/fixture\/message\?/);
  forged.client.close();
  await gateway.stop();
});

test('a prefix from a proxy that is not trusted is ignored', async () => {
  const { gateway, url } = await startTestGateway();
  const { client } = await SseClient.session(url, '/fixture/sse', { 'x-forwarded-prefix': '/evil' });
  expect(client.events[0]?.data).toMatch(/^\/fixture\/message\?/);
  client.close();
  await gateway.stop();
});
