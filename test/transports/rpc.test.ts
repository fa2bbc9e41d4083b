import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';

const aborted = { count: 0 };
let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({ limits: { callTimeout: '1s' } }, [
    fixturePlugin('fixture', aborted),
    fixturePlugin('other'),
  ]);
});
afterAll(() => running.gateway.stop());

const call = (name: string, args: object, id: number | string = 1) =>
  request('tools/call', { name, arguments: args }, id);
const rpc = async (body: unknown, path = '/fixture/rpc') => {
  const response = await post(`${running.url}${path}`, body);
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
};

test('answers a call without a handshake', async () => {
  expect(await rpc(call('echo', { text: 'hi' }))).toEqual({
    status: 200,
    body: {
      jsonrpc: '2.0',
      id: 1,
      result: { content: [{ type: 'text', text: '{"text":"hi"}' }], structuredContent: { text: 'hi' } },
    },
  });
});

test('offers every plugin on the aggregate, and a part of them where the query says so', async () => {
  const names = async (path: string) =>
    (await rpc(request('tools/list'), path)).body.result.tools.map((tool: { name: string }) => tool.name);
  expect(await names('/rpc')).toEqual(
    ['fixture', 'other'].flatMap((plugin) => ['echo', 'wait', 'ask', 'fail'].map((tool) => `${plugin}__${tool}`)),
  );
  expect(await names('/rpc?plugins=other')).toEqual(['echo', 'wait', 'ask', 'fail'].map((tool) => `other__${tool}`));
  expect((await rpc(call('other__echo', { text: 'x' }), '/rpc')).body.result.structuredContent).toEqual({ text: 'x' });
  expect(await rpc(request('tools/list'), '/rpc?plugins=othr')).toMatchObject({
    status: 404,
    body: { error: { message: expect.stringContaining('"other"') } },
  });
});

test('answers a batch entry by entry, and nothing for notifications', async () => {
  const { status, body } = await rpc([
    call('echo', { text: 'a' }, 'a'),
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { jsonrpc: '1.0', id: 9, method: 'x' },
    request('no/such', {}, 'b'),
  ]);
  expect(status).toBe(200);
  expect(body).toMatchObject([
    { id: 'a', result: {} },
    { id: 9, error: { code: -32600 } },
    { id: 'b', error: { code: -32601 } },
  ]);
  expect(await rpc([{ jsonrpc: '2.0', method: 'notifications/initialized' }])).toEqual({
    status: 202,
    body: undefined,
  });
});

test.each([
  ['bad JSON', '{bad', 400, -32700],
  ['an empty body', '', 400, -32700],
  ['an empty batch', [], 400, -32600],
  ['a batch of 51', Array.from({ length: 51 }, (_, id) => request('ping', {}, id)), 400, -32600],
  ['a batch that initializes twice', [request('initialize', {}, 1), request('initialize', {}, 2)], 400, -32600],
  ['names in another case', { JSONRPC: '2.0', Method: 'ping', id: 1 }, 400, -32600],
  ['an id of null', { jsonrpc: '2.0', id: null, method: 'ping' }, 400, -32600],
  ['a fractional id', { jsonrpc: '2.0', id: 1.5, method: 'ping' }, 400, -32600],
  ['an id that JSON would round', '{"jsonrpc":"2.0","id":9223372036854775808,"method":"ping"}', 400, -32600],
  ['an id of infinity', '{"jsonrpc":"2.0","id":1e999,"method":"ping"}', 400, -32600],
  ['an id of minus zero', '{"jsonrpc":"2.0","id":-0,"method":"ping"}', 400, -32600],
  ['an id of 10 KB', { jsonrpc: '2.0', id: 'x'.repeat(10_240), method: 'ping' }, 400, -32600],
  [
    'a hundred thousand brackets',
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":${'['.repeat(100_000)}`,
    400,
    -32600,
  ],
  ['parameters by position', { jsonrpc: '2.0', id: 1, method: 'ping', params: [1] }, 400, -32602],
  ['an unknown method', request('constructor'), 200, -32601],
  ['an unknown tool', call('__proto__', {}), 200, -32602],
])('refuses %s', async (_what, body, status, code) => {
  expect(await rpc(body)).toMatchObject({ status, body: { error: { code } } });
});

test('echoes a long id exactly', async () => {
  const id = 'ü"\\'.repeat(300);
  expect((await rpc(request('ping', {}, id))).body.id).toBe(id);
});

test('does not run a call that has no id, and takes a response that nobody asked for', async () => {
  expect(
    await rpc({ jsonrpc: '2.0', method: 'tools/call', params: { name: 'wait', arguments: { ms: 5000 } } }),
  ).toEqual({ status: 202, body: undefined });
  expect(await rpc({ jsonrpc: '2.0', id: 4, result: {} })).toEqual({ status: 202, body: undefined });
});

test('takes the last of duplicate keys everywhere', async () => {
  const { body } = await rpc(
    '{"jsonrpc":"2.0","id":1,"method":"no/such","method":"tools/call","params":{"name":"fail","name":"echo","arguments":{"text":"a","text":"b"}}}',
  );
  expect(body.result.structuredContent).toEqual({ text: 'b' });
});

test.each([
  ['a missing argument', 'echo', {}, 'text: required, but missing'],
  ['a misspelt argument', 'echo', { text: 'x', txet: 'y' }, 'did you mean "text"?'],
  ['an argument of the wrong type', 'echo', { text: 5 }, 'text: '],
  ['a failed upstream', 'fail', { how: 'clearly' }, 'The upstream said no; ask it nicely.'],
  ['a result without a JSON form', 'fail', { how: 'in a cycle' }, 'no JSON form'],
  ['a result that its own schema refuses', 'fail', { how: 'by its own schema' }, 'output schema refuses'],
  ['a call past its deadline', 'wait', { ms: 60_000 }, 'stopped after 1000 ms'],
])('tells the model about %s in a readable result', async (_what, name, args, text) => {
  expect((await rpc(call(name, args))).body.result).toMatchObject({
    isError: true,
    content: [{ type: 'text', text: expect.stringContaining(text) }],
  });
});

test('stops a handler at its deadline', async () => {
  const before = aborted.count;
  await rpc(call('wait', { ms: 60_000 }));
  expect(aborted.count).toBe(before + 1);
});

test('calls a handler off when its client goes away', async () => {
  const before = aborted.count;
  const abort = new AbortController();
  const gone = fetch(`${running.url}/fixture/rpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(call('wait', { ms: 900 })),
    signal: abort.signal,
  });
  setTimeout(() => abort.abort(), 150);
  await expect(gone).rejects.toThrow();
  await expect.poll(() => aborted.count).toBe(before + 1);
});

test('keeps big integers, as text', async () => {
  expect((await rpc(call('fail', { how: 'with a bigint' }))).body.result.structuredContent).toEqual({
    value: '1180591620717411303424',
  });
});

test('says of a defect only which request it was, and logs the rest', async () => {
  const { body } = await rpc(call('fail', { how: 'by a defect' }));
  expect(JSON.stringify(body)).not.toContain('secret internal detail');
  const id = /request ([\w-]+)/.exec(body.error.message)?.[1];
  expect(body.error.code).toBe(-32603);
  expect(running.log()).toContain('secret internal detail');
  expect(running.log()).toContain(`"requestId":"${id}"`);
});

test('answers initialize without remembering it', async () => {
  expect(
    (await rpc(request('initialize', { protocolVersion: '2025-06-18', capabilities: {} }))).body.result,
  ).toMatchObject({ protocolVersion: '2025-06-18', serverInfo: { name: 'fixture' } });
  expect((await rpc(request('initialize', { protocolVersion: '1999-01-01' }))).body.result.protocolVersion).toBe(
    '2025-11-25',
  );
});
