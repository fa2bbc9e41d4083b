import { definePlugin, defineTool, GatewayError, type ToolContext, withContent } from 'mcp-sse-gateway';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformancePlugin } from '../conformance/fixture.ts';
import { allEvents, eventsOf, nextMessage } from '../support/events.ts';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { post, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { bodyOf, modern } from '../support/modern.ts';

const unreadable = definePlugin({
  name: 'unreadable',
  title: 'Unreadable',
  description: 'A prompt about a resource that is gone.',
  config: v.strictObject({}),
  tools: [],
  prompts: [
    {
      name: 'about',
      get() {
        throw new GatewayError('unknown_resource', 'That file is gone.');
      },
    },
    {
      name: 'private',
      get() {
        throw new GatewayError('denied', 'That address is private; name a public one.');
      },
    },
  ],
  start: () => ({}),
});

const aborted = { count: 0 };
let running: TestGateway;
let url: string;
let plain: string;
beforeAll(async () => {
  running = await startTestGateway({}, [conformancePlugin, fixturePlugin('fixture', aborted), unreadable]);
  url = `${running.url}/conformance/mcp`;
  plain = `${running.url}/fixture/mcp`;
});
afterAll(() => running.gateway.stop());

const echo = { name: 'echo', arguments: { text: 'x' } };
const refusal = async (response: Promise<Response>) => {
  const { status } = await response;
  const { error } = await bodyOf(response);
  return { status, ...error };
};

describe('headers and _meta', () => {
  test.each<[string, Record<string, string | null>, RegExp]>([
    ['no version', { 'mcp-protocol-version': null }, /MCP-Protocol-Version header is missing/],
    [
      'another version',
      { 'mcp-protocol-version': '2025-11-25' },
      /'2025-11-25' does not match body value '2026-07-28'/,
    ],
    ['no method', { 'mcp-method': null }, /Mcp-Method header is missing/],
    ['another method', { 'mcp-method': 'tools/list' }, /'tools\/list' does not match body value 'tools\/call'/],
    ['the method in capitals', { 'mcp-method': 'TOOLS/CALL' }, /Mcp-Method/],
    ['no name', { 'mcp-name': null }, /Mcp-Name header is missing/],
    ['another name', { 'mcp-name': 'wait' }, /'wait' does not match body value 'echo'/],
    ['a name in bad base64', { 'mcp-name': '=?base64?ZWNob===?=' }, /Mcp-Name header is missing or malformed/],
    ['a name twice', { 'mcp-name': 'echo, echo' }, /Mcp-Name/],
  ])('%s is refused with 400 and -32020', async (_title, headers, message) => {
    expect(await refusal(modern(plain, 'tools/call', echo, { headers }))).toEqual({
      status: 400,
      code: -32020,
      message: expect.stringMatching(message),
    });
  });

  test.each<[string, Record<string, string>]>([
    ['base64', { 'mcp-name': `=?base64?${Buffer.from('echo').toString('base64')}?=` }],
    ['spaces around it', { 'mcp-name': '  echo  ' }],
  ])('a name with %s is read as what it is', async (_title, headers) => {
    expect((await modern(plain, 'tools/call', echo, { headers })).status).toBe(200);
  });

  test.each<[string, Record<string, unknown>]>([
    ['without a version', { 'io.modelcontextprotocol/protocolVersion': undefined }],
    ['without capabilities', { 'io.modelcontextprotocol/clientCapabilities': undefined }],
    ['with capabilities that are none', { 'io.modelcontextprotocol/clientCapabilities': [] }],
  ])('_meta %s is refused with 400 and -32602', async (_title, meta) => {
    expect(await refusal(modern(plain, 'tools/call', echo, { meta }))).toMatchObject({ status: 400, code: -32602 });
  });

  test('a version that is not served is refused with those that are', async () => {
    const version = '2099-01-01';
    const answer = modern(
      plain,
      'server/discover',
      {},
      {
        headers: { 'mcp-protocol-version': version },
        meta: { 'io.modelcontextprotocol/protocolVersion': version },
      },
    );
    expect(await refusal(answer)).toEqual({
      status: 400,
      code: -32022,
      message: 'Unsupported protocol version',
      data: { supported: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'], requested: version },
    });
  });

  test('a batch is no message of this revision', async () => {
    const answer = post(plain, [], { 'mcp-protocol-version': '2026-07-28' });
    expect(await refusal(answer)).toMatchObject({ status: 400, code: -32600 });
  });

  test('a response is refused, a notification accepted', async () => {
    const headers = { 'mcp-protocol-version': '2026-07-28' };
    expect((await post(plain, { jsonrpc: '2.0', id: 1, result: {} }, headers)).status).toBe(400);
    expect((await post(plain, { jsonrpc: '2.0', method: 'notifications/cancelled', params: {} }, headers)).status).toBe(
      202,
    );
  });

  test('a session id and a last event id are ignored, and none is given', async () => {
    const headers = { 'mcp-session-id': 'nobody-knows-it', 'last-event-id': '1-1' };
    const response = await modern(plain, 'tools/call', echo, { headers });
    expect([response.status, response.headers.get('mcp-session-id')]).toEqual([200, null]);
  });
});

describe('what a face does not offer', () => {
  test.each(['prompts/list', 'prompts/get', 'resources/list', 'resources/read', 'completion/complete', 'tasks/get'])(
    '%s is an unknown method',
    async (method) => {
      const params = { name: 'x', uri: 'x:y', taskId: 'x' };
      expect(await refusal(modern(plain, method, params))).toMatchObject({ status: 404, code: -32601 });
    },
  );

  test('is not among its capabilities either', async () => {
    const { result } = await bodyOf(modern(plain, 'server/discover'));
    expect(result?.capabilities).toEqual({ tools: { listChanged: true }, logging: {} });
    const { result: all } = await bodyOf(modern(url, 'server/discover'));
    expect(Object.keys(all?.capabilities ?? {}).sort()).toEqual([
      'completions',
      'extensions',
      'logging',
      'prompts',
      'resources',
      'tools',
    ]);
  });

  test('is left out of what subscriptions/listen acknowledges', async () => {
    const notifications = { toolsListChanged: true, promptsListChanged: true, resourceSubscriptions: ['a:b'] };
    const events = eventsOf(await modern(plain, 'subscriptions/listen', { notifications }));
    expect((await nextMessage(events))?.params?.notifications).toEqual({ toolsListChanged: true });
    await events.return(undefined);
  });
});

describe('results', () => {
  test.each<[string, Record<string, unknown>]>([
    ['server/discover', {}],
    ['tools/list', {}],
    ['prompts/list', {}],
    ['resources/list', {}],
    ['resources/templates/list', {}],
    ['resources/read', { uri: 'test://static-text' }],
  ])('%s says how long it may be kept, and by whom', async (method, params) => {
    const { result } = await bodyOf(modern(url, method, params));
    expect(result).toMatchObject({ resultType: 'complete', ttlMs: expect.any(Number) });
    expect(['public', 'private']).toContain(result?.cacheScope);
  });

  test('lists are private where callers have keys', async () => {
    const keyed = await startTestGateway({ auth: { keys: ['a-key-of-one-caller'] } });
    const headers = { 'x-api-key': 'a-key-of-one-caller' };
    const { result } = await bodyOf(modern(`${keyed.url}/fixture/mcp`, 'tools/list', {}, { headers }));
    expect(result?.cacheScope).toBe('private');
    await keyed.gateway.stop();
  });

  test('say who answers by name; pictures of it only where a client asks who it is', async () => {
    const read = async (method: string, params = {}) =>
      (await bodyOf(modern(url, method, params))).result?._meta?.['io.modelcontextprotocol/serverInfo'];
    const name = { name: 'conformance', title: 'Conformance fixture', version: expect.any(String) };
    expect(await read('tools/call', { name: 'test_simple_text', arguments: {} })).toEqual(name);
    expect(await read('server/discover')).toEqual({ ...name, icons: [expect.anything()] });
  });

  test('a resource that is not there is -32602 here and -32002 before, wherever that comes up', async () => {
    const missing = { uri: 'test://nowhere' };
    expect((await bodyOf(modern(url, 'resources/read', missing))).error).toMatchObject({ code: -32602, data: missing });
    const about = { name: 'about' };
    const there = `${running.url}/unreadable/mcp`;
    expect((await bodyOf(modern(there, 'prompts/get', about))).error?.code).toBe(-32602);
    const legacy = { jsonrpc: '2.0', id: 1, method: 'prompts/get', params: about };
    expect((await bodyOf(post(there, legacy))).error?.code).toBe(-32002);
  });

  test('a prompt that is denied says why, in every era', async () => {
    const there = `${running.url}/unreadable/mcp`;
    const told = { code: -32602, message: 'That address is private; name a public one.', data: { code: 'denied' } };
    const legacy = { jsonrpc: '2.0', id: 1, method: 'prompts/get', params: { name: 'private' } };
    expect((await bodyOf(modern(there, 'prompts/get', { name: 'private' }))).error).toMatchObject(told);
    expect((await bodyOf(post(there, legacy))).error).toMatchObject(told);
  });
});

describe('streams', () => {
  test('a client that accepts nothing but a stream gets one', async () => {
    const response = await modern(plain, 'tools/call', echo, { headers: { accept: 'text/event-stream' } });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const [only, ...more] = await allEvents(response);
    expect([JSON.parse(only?.data ?? '').id, only?.id, more]).toEqual([1, undefined, []]);
  });

  test('log messages are for requests that name a level, at that level or above', async () => {
    const run = async (level?: string) => {
      const meta = level === undefined ? {} : { 'io.modelcontextprotocol/logLevel': level };
      const response = await modern(url, 'tools/call', { name: 'test_logging_tool', arguments: {} }, { meta });
      const text = await response.text();
      return text.includes('notifications/message');
    };
    expect([await run(), await run('info'), await run('debug'), await run('error')]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('closing one calls its request off', async () => {
    const before = aborted.count;
    const meta = { progressToken: 'p' };
    const response = await modern(
      plain,
      'tools/call',
      { name: 'wait', arguments: { ms: 60_000, steps: 600 } },
      { meta },
    );
    const events = eventsOf(response);
    expect((await nextMessage(events))?.method).toBe('notifications/progress');
    await events.return(undefined);
    await expect.poll(() => aborted.count, { timeout: 5000 }).toBeGreaterThan(before);
  });
});

test('a gateway that drains refuses new requests with 503, without a code of older revisions', async () => {
  const wait = defineTool({
    name: 'wait',
    title: 'Wait',
    description: 'Waits.',
    input: v.strictObject({}),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async handler(_context: ToolContext) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return withContent([{ type: 'text', text: 'done' }]);
    },
  });
  const slow = definePlugin({
    name: 'slow',
    title: 'Slow',
    description: 'Slow.',
    config: v.strictObject({}),
    tools: [wait],
    start: () => ({}),
  });
  const draining = await startTestGateway({}, [slow]);
  const to = `${draining.url}/slow/mcp`;
  const inFlight = modern(to, 'tools/call', { name: 'wait', arguments: {} });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const stopped = draining.gateway.stop();
  const refused = await modern(to, 'tools/list');
  expect([refused.status, refused.headers.get('retry-after'), (await bodyOf(refused)).error?.code]).toEqual([
    503,
    '5',
    -32603,
  ]);
  expect((await bodyOf(inFlight)).result?.content?.[0]?.text).toBe('done');
  await stopped;
});
