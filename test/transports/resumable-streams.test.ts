import { afterAll, beforeAll, expect, test } from 'vitest';
import { conformancePlugin } from '../conformance/fixture.ts';
import { allEvents, eventsOf, nextMessage } from '../support/events.ts';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { bodyOf } from '../support/modern.ts';
import { openSession } from '../support/session.ts';

let running: TestGateway;
let url: string;
beforeAll(async () => {
  running = await startTestGateway({}, [conformancePlugin, fixturePlugin()]);
  url = `${running.url}/conformance/mcp`;
});
afterAll(() => running.gateway.stop());

const callTool = (name: string, args: object = {}, id = 7) => request('tools/call', { name, arguments: args }, id);

test('a connection that is let go is primed first, and the answer waits for the client to come back', async () => {
  const session = await openSession(url);
  const [primer, ...rest] = await allEvents(session.send(callTool('test_reconnection')));
  expect(rest).toEqual([]);
  expect(primer).toMatchObject({ data: '', retry: expect.stringMatching(/^\d+$/) });
  const answer = await nextMessage(eventsOf(await session.open(primer?.id)));
  expect([answer?.id, answer?.result?.content?.[0]?.text]).toEqual([7, 'Reconnection test completed successfully.']);
});

test('an answer that came while nobody was connected is there later, on its own stream only', async () => {
  const session = await openSession(url);
  const [primer] = await allEvents(session.send(callTool('test_reconnection')));
  await new Promise((resolve) => setTimeout(resolve, 600));
  const own = eventsOf(await session.open());
  const [answer] = await allEvents(session.open(primer?.id));
  expect(JSON.parse(answer?.data ?? '')).toMatchObject({ id: 7 });
  await session.send(callTool('test_trigger_tool_change'));
  expect(await nextMessage(own)).toMatchObject({ method: 'notifications/tools/list_changed' });
  await own.return(undefined);
});

test.each(['2025-06-18', '2025-03-26'])('revision %s knows neither priming nor polling', async (version) => {
  const session = await openSession(url, { version });
  const response = await session.send(callTool('test_reconnection'));
  expect(response.headers.get('content-type')).toBe('application/json');
  expect((await bodyOf(response)).result?.content?.[0]?.text).toBe('Reconnection test completed successfully.');
  const own = await session.open();
  const reply = await session.send(
    request('tools/call', { name: 'test_tool_with_progress', arguments: {}, _meta: { progressToken: 'p' } }),
  );
  const [first] = await allEvents(reply);
  expect(first?.data).toContain('notifications/progress');
  await own.body?.cancel();
});

test('a long wait is let go by itself where sessions.releaseAfter says so', async () => {
  const impatient = await startTestGateway({ sessions: { releaseAfter: '200ms' } });
  const session = await openSession(`${impatient.url}/fixture/mcp`);
  let events = await allEvents(session.send(callTool('wait', { ms: 700 })));
  let polls = 0;
  while (!events.some(({ data }) => data?.includes('"result"'))) {
    const last = events.at(-1)?.id ?? '';
    events = [...events, ...(await allEvents(session.open(last)))];
    polls++;
  }
  expect(polls).toBeGreaterThan(1);
  expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({
    id: 7,
    result: { structuredContent: { waited: 700 } },
  });
});

test('a stream cut by the client is taken up where it was cut, without repeats', async () => {
  const session = await openSession(`${running.url}/fixture/mcp`);
  const params = { name: 'wait', arguments: { ms: 150, steps: 3 }, _meta: { progressToken: 'p' } };
  const reply = eventsOf(await session.send(request('tools/call', params, 9)));
  const primer = await reply.next();
  const first = await reply.next();
  await reply.return(undefined);
  expect([primer.value?.data, JSON.parse(first.value?.data ?? '').params.progress]).toEqual(['', 1]);
  let rest = await allEvents(session.open(first.value?.id));
  while (!rest.at(-1)?.data?.includes('"result"'))
    rest = [...rest, ...(await allEvents(session.open(rest.at(-1)?.id ?? first.value?.id)))];
  const messages = rest.map(({ data }) => JSON.parse(data ?? ''));
  expect(messages.map((message) => message.params?.progress ?? message.id)).toEqual([2, 3, 9]);
});

test('event ids of another session are worth nothing, and forged ones are refused', async () => {
  const [mine, other] = [await openSession(url), await openSession(url)];
  const [primer] = await allEvents(mine.send(callTool('test_reconnection')));
  for (const forged of [primer?.id ?? '', '99999-1', 'x', '1'.repeat(10_000)]) {
    const response = await other.open(forged);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('Reconnection');
  }
});

test('a client that accepts only a stream is answered by one, and one that accepts only JSON is never asked', async () => {
  const session = await openSession(url);
  const streamed = await session.send(callTool('test_simple_text'), { accept: 'text/event-stream' });
  expect(streamed.headers.get('content-type')).toBe('text/event-stream');
  expect(JSON.parse((await allEvents(streamed)).at(-1)?.data ?? '')).toMatchObject({ id: 7 });
  const asked = await session.send(callTool('test_elicitation', { message: 'Who?' }), { accept: 'application/json' });
  const { result } = await bodyOf(asked);
  expect([result?.isError, result?.content?.[0]?.text]).toEqual([true, expect.stringContaining('text/event-stream')]);
});
