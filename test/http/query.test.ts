import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway(
    {},
    ['one', 'two', 'three'].map((name) => fixturePlugin(name)),
  );
});
afterAll(() => running.gateway.stop());

const pluginsOf = async (query: string) => {
  const { result } = await jsonOf(await post(`${running.url}/mcp${query}`, request('tools/list')));
  return [...new Set((result.tools as { name: string }[]).map(({ name }) => name.split('__')[0]))];
};

test.each([
  ['', ['one', 'two', 'three']],
  ['?x=1', ['one', 'two', 'three']],
  ['?plugins=one,two', ['one', 'two']],
  ['?plugins=two&plugins=one', ['one', 'two']],
  ['?plugins=one&plugins=one,three', ['one', 'three']],
])('%j serves %j', async (query, names) => expect(await pluginsOf(query)).toEqual(names));

test.each([
  '?plugins[]=one',
  '?plugins%5B%5D=one',
  '?plugins[0]=one',
  '?plugins=one&plugins[]=two',
  '?plugin=one',
  '?Plugins=one',
])('%j is 400 and says how it is written', async (query) => {
  for (const ask of [
    () => post(`${running.url}/mcp${query}`, request('tools/list')),
    () => post(`${running.url}/rpc${query}`, request('tools/list')),
    () => fetch(`${running.url}/tools${query}`),
    () => fetch(`${running.url}/sse${query}`),
  ]) {
    const response = await ask();
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error.message).toContain('?plugins=one,two');
  }
});

test('an unknown plugin is 404, wherever it stands', async () => {
  for (const query of ['?plugins=one&plugins=four', '?plugins=four', '?plugins=', '?plugins=one,'])
    expect((await post(`${running.url}/mcp${query}`, request('tools/list'))).status).toBe(404);
});

test('a session of several parameters goes on with all of them', async () => {
  const { client, endpoint, send } = await SseClient.session(running.url, '/sse?plugins=one&plugins=two');
  expect(new URL(endpoint).searchParams.get('plugins')).toBe('one,two');
  await send(request('tools/list'));
  expect((await client.answer(1)).result.tools).toHaveLength(8);
  client.close();
});

test('two session ids are 400, even where both are the same', async () => {
  const { client, endpoint } = await SseClient.session(running.url, '/one/sse');
  const id = new URL(endpoint).searchParams.get('sessionId');
  for (const query of [
    `?sessionId=${id}&sessionId=${id}`,
    `?sessionId=${id}&sessionId=x`,
    `?sessionId=&sessionId=${id}`,
  ]) {
    const response = await post(`${running.url}/one/message${query}`, request('ping'));
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error.message).toContain('more than once');
  }
  client.close();
});

test('two formats are 400', async () => {
  expect((await fetch(`${running.url}/one/tools?format=mcp&format=openai`)).status).toBe(400);
  expect((await fetch(`${running.url}/one/tools?format=openai`)).status).toBe(200);
});
