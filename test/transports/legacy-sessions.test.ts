import type { Plugin, PluginHost } from 'mcp-sse-gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformancePlugin } from '../conformance/fixture.ts';
import { eventsOf, nextMessage } from '../support/events.ts';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { bodyOf, type Json } from '../support/modern.ts';
import { openSession, type TestSession } from '../support/session.ts';

const aborted = { count: 0 };
let running: TestGateway;
let url: string;
beforeAll(async () => {
  running = await startTestGateway({ sessions: { mode: 'always' } }, [
    conformancePlugin,
    fixturePlugin('fixture', aborted),
  ]);
  url = `${running.url}/conformance/mcp`;
});
afterAll(() => running.gateway.stop());

const call = (name: string, args: object = {}, id = 5) => request('tools/call', { name, arguments: args }, id);
const versions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];

/** The session's own stream, without the events that only prime it. */
const listenTo = async (session: TestSession) => eventsOf(await session.open());

describe.each(versions)('a session of %s', (version) => {
  test('is told of changes on its own stream', async () => {
    const session = await openSession(url, { version });
    const own = await listenTo(session);
    await session.send(call('test_trigger_tool_change'));
    expect(await nextMessage(own)).toMatchObject({ method: 'notifications/tools/list_changed' });
    await session.send(call('test_trigger_prompt_change'));
    expect(await nextMessage(own)).toMatchObject({ method: 'notifications/prompts/list_changed' });
    await own.return(undefined);
  });

  test('asks its person on the stream of the call, and goes on with the answer', async () => {
    const session = await openSession(url, { version });
    const reply = eventsOf(await session.send(call('test_elicitation', { message: 'Who?' })));
    const asked = await nextMessage(reply);
    expect(asked).toMatchObject({ method: 'elicitation/create', params: { message: 'Who?' } });
    const result = { action: 'accept', content: { username: 'ada', email: 'ada@example.com' } };
    expect((await session.send({ jsonrpc: '2.0', id: asked?.id, result })).status).toBe(202);
    expect((await nextMessage(reply))?.result?.content?.[0]?.text).toContain('"username":"ada"');
  });

  test('asks the model, and says why where the client refuses', async () => {
    const session = await openSession(url, { version });
    const reply = eventsOf(await session.send(call('test_sampling', { prompt: 'Hi' })));
    const asked = await nextMessage(reply);
    expect(asked).toMatchObject({ method: 'sampling/createMessage', params: { maxTokens: 100 } });
    await session.send({ jsonrpc: '2.0', id: asked?.id, error: { code: -1, message: 'User rejected it' } });
    expect((await nextMessage(reply))?.result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('User rejected it') }],
    });
  });

  test('sends log messages at the level that was set, and above', async () => {
    const session = await openSession(url, { version });
    const logs = async () => {
      const response = await session.send(call('test_logging_tool'));
      return (await response.text()).includes('notifications/message');
    };
    await session.send(request('logging/setLevel', { level: 'error' }));
    expect(await logs()).toBe(false);
    await session.send(request('logging/setLevel', { level: 'info' }));
    expect(await logs()).toBe(true);
    expect((await bodyOf(session.send(request('logging/setLevel', { level: 'loud' })))).error?.code).toBe(-32602);
  });

  test('ends by DELETE, and is unknown from then on', async () => {
    const session = await openSession(url, { version });
    const ended = await fetch(url, { method: 'DELETE', headers: session.headers });
    expect(ended.status).toBe(204);
    expect((await session.send(request('ping'))).status).toBe(404);
    expect((await session.open()).status).toBe(404);
  });

  test('stops a call that its client cancels, and answers it no more', async () => {
    const before = aborted.count;
    const session = await openSession(`${running.url}/fixture/mcp`, { version });
    const reply = session.send(request('tools/call', { name: 'wait', arguments: { ms: 60_000 } }, 'long'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await session.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'long' } });
    expect(await (await reply).text()).toBe('');
    expect(aborted.count).toBe(before + 1);
  });
});

test('titles of a choice stand where the revision has them', async () => {
  const formOf = async (version: string) => {
    const session = await openSession(url, { version });
    const reply = eventsOf(await session.send(call('test_elicitation_sep1330_enums')));
    const asked = await nextMessage(reply);
    await session.send({ jsonrpc: '2.0', id: asked?.id, result: { action: 'decline' } });
    expect((await nextMessage(reply))?.result?.isError).toBeUndefined();
    return asked?.params?.requestedSchema?.properties?.titledSingle;
  };
  const [values, titles] = [
    ['value1', 'value2', 'value3'],
    ['First Option', 'Second Option', 'Third Option'],
  ];
  expect(await formOf('2025-06-18')).toEqual({ type: 'string', enum: values, enumNames: titles });
  expect(await formOf('2025-11-25')).toEqual({
    type: 'string',
    oneOf: values.map((value, index) => ({ const: value, title: titles[index] })),
  });
});

test('a second stream of one session is refused, the first goes on', async () => {
  const session = await openSession(url);
  const own = await listenTo(session);
  expect((await session.open()).status).toBe(409);
  await session.send(call('test_trigger_tool_change'));
  expect((await nextMessage(own))?.method).toBe('notifications/tools/list_changed');
  await own.return(undefined);
});

test('subscribed resources are told of, others are not', async () => {
  const hosts: PluginHost[] = [];
  const watched: Plugin = {
    ...conformancePlugin,
    start(config, host) {
      hosts.push(host);
      return conformancePlugin.start(config, host);
    },
  };
  const watching = await startTestGateway({}, [watched]);
  const session = await openSession(`${watching.url}/conformance/mcp`);
  const own = await listenTo(session);
  const tell = (changed: string) => hosts[0]?.resourceUpdated(changed);
  const uri = 'test://watched-resource';
  expect((await bodyOf(session.send(request('resources/subscribe', { uri })))).result).toEqual({});
  tell('test://static-text');
  tell(uri);
  expect(await nextMessage(own)).toMatchObject({ method: 'notifications/resources/updated', params: { uri } });
  await session.send(request('resources/unsubscribe', { uri }));
  tell(uri);
  await session.send(call('test_trigger_tool_change'));
  expect((await nextMessage(own))?.method).toBe('notifications/tools/list_changed');
  await own.return(undefined);
  await watching.gateway.stop();
});

describe('what a client did not declare is not asked of it', () => {
  test.each<[string, object]>([
    ['nothing', {}],
    ['web pages alone', { elicitation: { url: {} } }],
  ])('%s', async (_title, capabilities) => {
    const session = await openSession(url, { capabilities });
    const { result } = await bodyOf(session.send(call('test_elicitation', { message: 'Who?' })));
    expect(result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('did not declare') }] });
  });
});

describe('batches', () => {
  const ping = (id: number) => request('ping', {}, id);

  test('that go away call off nothing that came with another POST', async () => {
    const fixture = `${running.url}/fixture/mcp`;
    const session = await openSession(fixture, { version: '2025-03-26' });
    const wait = (ms: number, id: number) => call('wait', { ms }, id);
    const first = session.send(wait(600, 9));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const leaving = new AbortController();
    const before = aborted.count;
    const dropped = fetch(fixture, {
      method: 'POST',
      headers: { ...session.headers, 'content-type': 'application/json' },
      body: JSON.stringify([wait(5000, 9), wait(5000, 10)]),
      signal: leaving.signal,
    });
    setTimeout(() => leaving.abort(), 100);
    await expect(dropped).rejects.toThrow();
    expect(await bodyOf(await first)).toMatchObject({ id: 9, result: { structuredContent: { waited: 600 } } });
    await expect.poll(() => aborted.count).toBe(before + 1);
  });

  test('are answered one by one in 2025-03-26, notifications leave no trace', async () => {
    const session = await openSession(url, { version: '2025-03-26' });
    const response = await session.send([
      ping(1),
      { jsonrpc: '2.0', method: 'notifications/x' },
      request('nope', {}, 2),
    ]);
    const answers = (await response.json()) as Json[];
    expect(answers.map(({ id }) => id)).toEqual([1, 2]);
  });

  test.each(['2025-06-18', '2025-11-25', '2026-07-28'])('are no part of %s', async (version) => {
    const response = await post(url, [ping(1)], { 'mcp-protocol-version': version });
    expect([response.status, (await bodyOf(response)).error?.code]).toEqual([400, -32600]);
  });

  test.each<[string, object[]]>([
    ['nothing', []],
    ['two initializations', [request('initialize'), request('initialize', {}, 2)]],
    ['an initialization beside another request', [request('initialize'), ping(2)]],
    ['more than fifty entries', Array.from({ length: 51 }, (_, id) => ping(id))],
  ])('of %s are refused as a whole', async (_title, batch) => {
    const response = await post(url, batch);
    expect([response.status, (await bodyOf(response)).error?.code]).toEqual([400, -32600]);
  });
});

test('content that a revision does not have reaches its clients in words', async () => {
  const kinds = async (version: string) => {
    const session = await openSession(url, { version });
    return (await bodyOf(session.send(call('test_audio_content')))).result?.content?.[0]?.type;
  };
  expect([await kinds('2024-11-05'), await kinds('2025-03-26')]).toEqual(['text', 'audio']);
});
