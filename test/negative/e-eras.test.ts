import { definePlugin, definePrompt, defineResource } from 'mcp-sse-gateway';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';
import { both, modern } from './endpoints.ts';

const change: { tell: (() => void)[] } = { tell: [] };
const changing = definePlugin({
  name: 'changing',
  title: 'Changing',
  description: 'Changes.',
  config: v.strictObject({}),
  tools: [],
  resources: [
    defineResource({ uri: 'changing://one', name: 'one', read: () => [{ uri: 'changing://one', text: '1' }] }),
  ],
  prompts: [definePrompt({ name: 'hello', get: () => [{ role: 'user', content: { type: 'text', text: 'hello' } }] })],
  start(_config, host) {
    change.tell = [
      () => host.listChanged('tools'),
      () => host.listChanged('prompts'),
      () => host.listChanged('resources'),
      () => host.resourceUpdated('changing://one'),
      () => host.resourceUpdated('changing://two'),
    ];
    return {};
  },
});

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({}, [fixturePlugin(), changing]);
});
afterAll(() => running.gateway.stop());

const refusal = async (response: Response) => [response.status, (await jsonOf(response)).error.code];
const echo = { name: 'echo', arguments: { text: 'x' } };

test('E3 no version header after a 2025-03-26 initialize is served as 2025-03-26', async () => {
  const response = await post(`${running.url}/fixture/mcp`, [request('ping', {}, 1)], both); // only that revision has batches
  expect([response.status, await jsonOf(response)]).toEqual([200, [{ jsonrpc: '2.0', id: 1, result: {} }]]);
});

test('E4 a version header that is not the one in _meta is 400 with -32020', async () => {
  for (const header of ['2025-11-25', '2099-01-01', '', undefined]) {
    expect(
      await refusal(await modern(running.url, 'tools/call', echo, { headers: { 'mcp-protocol-version': header } })),
    ).toEqual([400, -32020]);
  }
});

test('E6 missing clientCapabilities are 400 with -32602', async () => {
  for (const capabilities of [undefined, null, [], 'x']) {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      ...(capabilities === undefined ? {} : { 'io.modelcontextprotocol/clientCapabilities': capabilities }),
    };
    expect(await refusal(await modern(running.url, 'tools/call', echo, { meta }))).toEqual([400, -32602]);
  }
});

test('E8 a missing or different Mcp-Name is 400 with -32020, and its base64 form is accepted', async () => {
  const named = (name: string | undefined) =>
    modern(running.url, 'tools/call', echo, { headers: { 'mcp-name': name } });
  for (const name of [undefined, 'wait', 'Echo', ' =?base64?ZWNobw==?=x', '=?base64?ZWNo!w==?=', '=?base64?d2FpdA==?='])
    expect(await refusal(await named(name))).toEqual([400, -32020]);
  for (const name of ['echo', '=?base64?ZWNobw==?='])
    expect((await jsonOf(await named(name))).result.structuredContent).toEqual({ text: 'x' });
  expect(
    await refusal(await modern(running.url, 'tools/call', echo, { headers: { 'mcp-method': 'tools/list' } })),
  ).toEqual([400, -32020]);
  expect(await refusal(await modern(running.url, 'tools/list', {}, { headers: { 'mcp-method': undefined } }))).toEqual([
    400, -32020,
  ]);
});

test('E9 a version of the future is 400 with -32022, naming what is supported', async () => {
  const response = await modern(running.url, 'tools/list', {}, { version: '2099-01-01' });
  expect(response.status).toBe(400);
  expect((await jsonOf(response)).error).toMatchObject({
    code: -32022,
    data: { requested: '2099-01-01', supported: expect.arrayContaining(['2026-07-28', '2025-11-25']) },
  });
});

test('E9 a version header that nobody serves is 400 with -32022 too, where nothing in the body says a version', async () => {
  for (const path of ['/fixture/mcp', '/mcp', '/fixture/sse']) {
    for (const version of ['2099-01-01', '2026-07-29', '1900-01-01', '2025-06-19', 'latest', '1']) {
      for (const message of [request('tools/list'), { jsonrpc: '2.0', method: 'notifications/initialized' }]) {
        const response = await post(`${running.url}${path}`, message, { ...both, 'mcp-protocol-version': version });
        expect([version, response.status]).toEqual([version, 400]);
        expect((await jsonOf(response)).error).toMatchObject({
          code: -32022,
          message: expect.stringContaining('Unsupported protocol version'),
          data: { requested: version, supported: expect.arrayContaining(['2026-07-28', '2025-06-18']) },
        });
      }
    }
  }
  const without = await post(`${running.url}/fixture/mcp`, request('tools/list'), {
    ...both,
    'mcp-protocol-version': '2026-07-28',
  });
  expect(await refusal(without)).toEqual([400, -32602]); // the version is served, the request is not complete
});

test('E10 a tool that must ask a client that cannot be asked is 400 with -32021', async () => {
  const response = await modern(
    running.url,
    'tools/call',
    { name: 'ask', arguments: {} },
    { capabilities: { sampling: {} } },
  );
  expect([response.status, (await jsonOf(response)).error]).toEqual([
    400,
    expect.objectContaining({ code: -32021, data: { requiredCapabilities: { elicitation: expect.anything() } } }),
  ]);
});

test('E12 every result has its resultType, and what may be kept says for how long and for whom', async () => {
  const cacheable: [string, object][] = [
    ['server/discover', {}],
    ['tools/list', {}],
    ['prompts/list', {}],
    ['resources/list', {}],
    ['resources/templates/list', {}],
    ['resources/read', { uri: 'changing://one' }],
  ];
  for (const path of ['/mcp', '/changing/mcp']) {
    for (const [method, params] of cacheable) {
      const { result } = await jsonOf(await modern(running.url, method, { ...params }, { path }));
      expect([method, result]).toEqual([
        method,
        expect.objectContaining({
          resultType: 'complete',
          ttlMs: expect.any(Number),
          cacheScope: expect.stringMatching(/^(public|private)$/),
        }),
      ]);
      expect(result.ttlMs).toBeGreaterThanOrEqual(0);
    }
  }
  expect((await jsonOf(await modern(running.url, 'tools/call', echo))).result.resultType).toBe('complete');
  expect(
    (await jsonOf(await modern(running.url, 'prompts/get', { name: 'hello' }, { path: '/changing/mcp' }))).result
      .resultType,
  ).toBe('complete');
});

test('E12 results before 2026-07-28 have none of these members', async () => {
  const { result } = await jsonOf(await post(`${running.url}/fixture/mcp`, request('tools/list'), both));
  expect(Object.keys(result)).toEqual(['tools']);
});

test('what 2026-07-28 took away is unknown: 404 with -32601', async () => {
  for (const method of ['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'no/such']) {
    expect(await refusal(await modern(running.url, method))).toEqual([404, -32601]);
  }
});

test('E15 a subscription is acknowledged first, tells only what was asked for under its id, and ends with a result', async () => {
  const own = await startTestGateway({}, [fixturePlugin(), changing]);
  const headers = { ...both, 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' };
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const notifications = { promptsListChanged: true, resourceSubscriptions: ['changing://one'] };
  const stream = await SseClient.open(`${own.url}/changing/mcp`, {
    method: 'POST',
    headers,
    body: JSON.stringify(request('subscriptions/listen', { notifications, _meta }, 'sub-1')),
  });
  await stream.next(({ data }) => data.includes('acknowledged'));
  for (const tell of change.tell) tell();
  await stream.next(({ data }) => data.includes('resources/updated'));
  await Promise.all([own.gateway.stop(), stream.end()]);
  const messages = stream.events.map(({ data }) => JSON.parse(data));
  expect(messages.map((message) => message.method ?? 'result')).toEqual([
    'notifications/subscriptions/acknowledged',
    'notifications/prompts/list_changed',
    'notifications/resources/updated',
    'result',
  ]);
  expect(messages[0].params.notifications).toEqual(notifications);
  for (const message of messages)
    expect((message.params ?? message.result)._meta['io.modelcontextprotocol/subscriptionId']).toBe('sub-1');
  expect(messages.at(-1)).toMatchObject({ id: 'sub-1', result: { resultType: 'complete' } });
});

test('E15 what subscriptions/listen cannot mean is 400 with -32602 and its name', async () => {
  const wrong: [unknown, RegExp][] = [
    [undefined, /params\.notifications must be an object/],
    [[], /params\.notifications must be an object/],
    [{ toolsListChanged: 'yes' }, /toolsListChanged must be true or false/],
    [{ promptsListChanged: 1 }, /promptsListChanged must be true or false/],
    [{ resourcesListChanged: null }, /resourcesListChanged must be true or false/],
    [{ resourceSubscriptions: 'changing://one' }, /resourceSubscriptions must be an array/],
    [{ resourceSubscriptions: [1] }, /resourceSubscriptions must be an array/],
    [{ resourceSubscriptions: ['changing://one', 'changing://nothing'] }, /names a resource that is not here/],
    [{ resourceSubscriptions: ['not a URI'] }, /names a resource that is not here/],
  ];
  for (const [notifications, words] of wrong) {
    const response = await modern(running.url, 'subscriptions/listen', { notifications }, { path: '/changing/mcp' });
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error).toMatchObject({ code: -32602, message: expect.stringMatching(words) });
  }
});
