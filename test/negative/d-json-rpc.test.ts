import { definePlugin, defineResource, defineTool, type ToolContext, withContent } from 'mcp-sse-gateway';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';
import { allPosts, both, modern, rpcPosts, send } from './endpoints.ts';

const hints = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const odd = defineTool({
  name: 'odd',
  title: 'Odd',
  description: 'Returns what is hard to put into JSON.',
  input: v.strictObject({
    what: v.picklist(['200 MB', 'a cycle', 'a bigint', 'NaN', 'lone surrogates', 'undefined', 'a throwing getter']),
  }),
  output: v.object({ value: v.unknown() }),
  annotations: hints,
  handler: (_context: ToolContext, { what }) => ({ value: oddValue(what) }),
});
const attach = defineTool({
  name: 'attach',
  title: 'Attach',
  description: 'Returns an embedded resource at the URI it is given.',
  input: v.strictObject({ uri: v.string() }),
  annotations: hints,
  handler: (_context: ToolContext, { uri }) => withContent([{ type: 'resource', resource: { uri, text: 'x' } }]),
});

function oddValue(what: string): unknown {
  const loop: Record<string, unknown> = {};
  loop.loop = loop;
  const values: Record<string, () => unknown> = {
    '200 MB': () => 'x'.repeat(200_000_000),
    'a cycle': () => loop,
    'a bigint': () => 2n ** 64n,
    NaN: () => [Number.NaN, Number.POSITIVE_INFINITY],
    'lone surrogates': () => 'a\ud800b\udc00',
    undefined: () => undefined,
    'a throwing getter': () =>
      Object.defineProperty({}, 'x', {
        enumerable: true,
        get: () => {
          throw new Error('no');
        },
      }),
  };
  return values[what]?.();
}

const oddPlugin = definePlugin({
  name: 'odd',
  title: 'Odd',
  description: 'Odd results.',
  config: v.strictObject({}),
  tools: [odd, attach],
  resources: [defineResource({ uri: 'odd://one', name: 'one', read: () => [{ uri: 'odd://one', text: '1' }] })],
  start: () => ({}),
});

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({}, [fixturePlugin(), oddPlugin]);
});
afterAll(() => running.gateway.stop());

const code = async (response: Response) => (await jsonOf(response)).error.code;
const old = { ...both, 'mcp-protocol-version': '2025-03-26' };

describe.each(allPosts)('%s', (path) => {
  test('D3 an id that is no string or integer, or is 10 KB long, is 400 with -32600', async () => {
    for (const id of ['1.5', '{}', '[1]', 'true', 'null', `"${'x'.repeat(10_240)}"`]) {
      const response = await send(running.url, path, `{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
      expect([response.status, await code(response)]).toEqual([400, -32600]);
    }
  });

  test('D8 an empty batch is 400 with -32600', async () => {
    const response = await send(running.url, path, '[]', old);
    expect([response.status, await code(response)]).toEqual([400, -32600]);
  });

  test('D9 a batch that initializes twice is 400 with -32600', async () => {
    const response = await send(
      running.url,
      path,
      JSON.stringify([request('initialize', {}, 1), request('initialize', {}, 2)]),
      old,
    );
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error).toMatchObject({
      code: -32600,
      message: expect.stringContaining('Only one initialization request is allowed'),
    });
  });

  test('D9 a batch that initializes is 400 with -32600, even where nothing else is in it', async () => {
    for (const rest of [[], [request('ping', {}, 2)], [{ jsonrpc: '2.0', method: 'notifications/initialized' }]]) {
      const response = await send(running.url, path, JSON.stringify([request('initialize', {}, 1), ...rest]), old);
      expect([response.status, await code(response)]).toEqual([400, -32600]);
    }
  });

  test('D14 a response that nobody asked for is dropped with 202', async () => {
    expect((await send(running.url, path, '{"jsonrpc":"2.0","id":7,"result":{}}')).status).toBe(202);
    expect((await send(running.url, path, '{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"x"}}')).status).toBe(
      202,
    );
  });
});

test('D3 a long id within the limit is echoed exactly', async () => {
  const id = 'ä"\\\u2028'.repeat(200);
  for (const path of rpcPosts)
    expect((await jsonOf(await send(running.url, path, JSON.stringify(request('ping', {}, id))))).id).toBe(id);
});

test('D4 a duplicate id in flight is refused, and the first call is answered', async () => {
  const { client, send: say } = await SseClient.session(running.url, '/fixture/sse');
  await say(request('tools/call', { name: 'wait', arguments: { ms: 400 } }, 'same'));
  await say(request('tools/call', { name: 'echo', arguments: { text: 'second' } }, 'same'));
  await client.next(({ data }) => data.includes('"waited":400'));
  const answers = client.events.filter(({ event }) => event === 'message').map(({ data }) => JSON.parse(data));
  expect(answers).toEqual([
    expect.objectContaining({ id: 'same', error: expect.objectContaining({ code: -32600 }) }),
    expect.objectContaining({ id: 'same', result: expect.anything() }),
  ]);
  client.close();
});

test('D5 200 clients with equal ids, 50 calls each, over SSE and HTTP: nobody sees another’s answer', async () => {
  const calls = Array.from({ length: 50 }, (_, id) => id);
  const payload = (client: number, id: number) => `client ${client} call ${id}`;
  const echo = (client: number, id: number) =>
    request('tools/call', { name: 'echo', arguments: { text: payload(client, id) } }, id);
  const overHttp = async (client: number) => {
    for (const id of calls) {
      const { result } = await jsonOf(await post(`${running.url}/fixture/mcp`, echo(client, id), both));
      expect(result.structuredContent.text).toBe(payload(client, id));
    }
  };
  const overSse = async (client: number) => {
    const { client: stream, send: say } = await SseClient.session(running.url, '/fixture/sse');
    for (const id of calls) await say(echo(client, id));
    await expect.poll(() => stream.events.length, { timeout: 25_000 }).toBe(calls.length + 1);
    const heard = stream.events.slice(1).map(({ data }) => JSON.parse(data));
    for (const { id, result } of heard) expect(result.structuredContent.text).toBe(payload(client, id));
    expect(new Set(heard.map(({ id }) => id)).size).toBe(calls.length);
    stream.close();
  };
  await Promise.all(
    Array.from({ length: 200 }, (_, client) => (client % 2 === 0 ? overSse(client) : overHttp(client))),
  );
}, 120_000);

test.each(['/rpc', '/fixture/rpc', '/mcp', '/fixture/mcp'])(
  'D6 a batch on %s is answered entry by entry, and 51 entries are refused',
  async (path) => {
    const batch = [
      request('ping', {}, 'a'),
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      request('tools/list', {}, 'b'),
    ];
    const answers = await jsonOf(await send(running.url, path, JSON.stringify(batch), old));
    expect(answers.map(({ id }: { id: string }) => id)).toEqual(['a', 'b']);
    const large = await send(
      running.url,
      path,
      JSON.stringify(Array.from({ length: 51 }, (_, id) => request('ping', {}, id))),
      old,
    );
    expect([large.status, await code(large)]).toEqual([400, -32600]);
  },
);

test.each(rpcPosts)(
  'D13 on %s a notification with an id is -32601, and a call without one is not run',
  async (path) => {
    expect(
      (await jsonOf(await send(running.url, path, JSON.stringify(request('notifications/initialized'))))).error.code,
    ).toBe(-32601);
    expect(
      (
        await send(
          running.url,
          path,
          JSON.stringify({
            jsonrpc: '2.0',
            method: 'tools/call',
            params: { name: 'fail', arguments: { how: 'by a defect' } },
          }),
        )
      ).status,
    ).toBe(202);
    expect(running.log()).not.toContain('secret internal detail');
  },
);

test('D14 a client of 2026-07-28 may not send responses', async () => {
  const response = await post(
    `${running.url}/fixture/mcp`,
    { jsonrpc: '2.0', id: 1, result: {} },
    { ...both, 'mcp-protocol-version': '2026-07-28' },
  );
  expect(response.status).toBe(400);
});

test.each(['/fixture/rpc', '/fixture/mcp'])(
  'D19 arguments that break the schema are a readable result on %s',
  async (path) => {
    for (const [args, words] of [
      [{}, 'text'],
      [{ text: 1 }, 'text'],
      [{ text: 'x', more: 1 }, 'more'],
      ['x', 'Object'],
      [[], 'Object'],
    ] as const) {
      const { result } = await jsonOf(
        await send(running.url, path, JSON.stringify(request('tools/call', { name: 'echo', arguments: args }))),
      );
      expect(result).toMatchObject({
        isError: true,
        content: [{ type: 'text', text: expect.stringContaining(words) }],
      });
    }
  },
);

test('D21 an unknown resource is -32002 before 2026-07-28, and -32602 from then on', async () => {
  for (const path of ['/odd/rpc', '/odd/mcp', '/rpc', '/mcp']) {
    expect(
      (await jsonOf(await send(running.url, path, JSON.stringify(request('resources/read', { uri: 'odd://two' })))))
        .error.code,
    ).toBe(-32002);
  }
  expect(
    (await jsonOf(await modern(running.url, 'resources/read', { uri: 'odd://two' }, { path: '/odd/mcp' }))).error.code,
  ).toBe(-32602);
  expect(
    (await jsonOf(await modern(running.url, 'resources/read', { uri: 'odd://one' }, { path: '/odd/mcp' }))).result
      .contents,
  ).toEqual([{ uri: 'odd://one', text: '1' }]);
});

test.each(['200 MB', 'a cycle', 'a bigint', 'NaN', 'lone surrogates', 'undefined', 'a throwing getter'])(
  'D24 a tool that returns %s leaves valid JSON on the wire',
  async (what) => {
    for (const path of ['/odd/rpc', '/odd/mcp']) {
      const text = await (
        await send(running.url, path, JSON.stringify(request('tools/call', { name: 'odd', arguments: { what } })))
      ).text();
      expect(text.length).toBeLessThan(10_000_000);
      expect(JSON.parse(text)).toMatchObject({ id: 1 });
      expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text); // a lone surrogate would not survive
    }
  },
);

test('D26 an embedded resource with a relative URI is never sent', async () => {
  for (const uri of ['notes.txt', '/etc/passwd', '../x', '']) {
    const answer = await jsonOf(
      await post(`${running.url}/odd/rpc`, request('tools/call', { name: 'attach', arguments: { uri } })),
    );
    expect(answer.result?.content ?? []).not.toContainEqual(expect.objectContaining({ type: 'resource' }));
  }
  const fine = await jsonOf(
    await post(`${running.url}/odd/rpc`, request('tools/call', { name: 'attach', arguments: { uri: 'file:///x' } })),
  );
  expect(fine.result.content).toEqual([{ type: 'resource', resource: { uri: 'file:///x', text: 'x' } }]);
});

test('D28 a requestState that is forged, of another call or of another caller is refused in one and the same words', async () => {
  const keys = ['first-key-0123456789abcdef', 'second-key-0123456789abcdef'];
  const keyed = await startTestGateway({ auth: { keys } });
  const ask = (headers: Record<string, string>, params: Record<string, unknown>) =>
    modern(keyed.url, 'tools/call', params, { capabilities: { elicitation: {} }, headers });
  const [mine = {}, theirs = {}] = keys.map((key) => ({ 'x-api-key': key }));
  const { result } = await jsonOf(await ask(mine, { name: 'ask', arguments: {} }));
  const [question = ''] = Object.keys(result.inputRequests);
  const answered = { inputResponses: { [question]: { action: 'accept', content: { name: 'Eve' } } } };
  const state = result.requestState as string;
  const flipped = `${state.slice(0, -2)}${state.at(-2) === 'A' ? 'B' : 'A'}${state.at(-1)}`;
  for (const [headers, params] of [
    [mine, { name: 'ask', arguments: {}, ...answered, requestState: flipped }],
    [mine, { name: 'ask', arguments: {}, ...answered, requestState: '' }],
    [mine, { name: 'ask', arguments: {}, ...answered, requestState: 5 }],
    [mine, { name: 'echo', arguments: { text: 'x' }, ...answered, requestState: state }],
    [theirs, { name: 'ask', arguments: {}, ...answered, requestState: state }],
  ] as const) {
    const response = await ask(headers, params);
    expect([response.status, (await jsonOf(response)).error]).toEqual([
      400,
      { code: -32602, message: 'Invalid or expired requestState' },
    ]);
  }
  expect(
    (await jsonOf(await ask(mine, { name: 'ask', arguments: {}, ...answered, requestState: state }))).result
      .structuredContent,
  ).toEqual({ greeting: 'Hello Eve' });
  await keyed.gateway.stop();
});
