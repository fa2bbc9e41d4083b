import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventsOf, nextMessage } from '../support/events.ts';
import { post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { bodyOf, type Json, modern } from '../support/modern.ts';
import { type Seen, taskPlugin } from '../support/task-plugin.ts';

const seen: Seen = { runs: 0, aborted: 0 };
const keys = ['a-key-of-one-caller', 'a-key-of-another-caller'];
const capabilities = { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } };
const missing = { requiredCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } };

let running: TestGateway;
let url: string;
beforeAll(async () => {
  running = await startTestGateway({ auth: { keys }, limits: { callTimeout: '300ms' } }, [
    taskPlugin('jobs', seen),
    taskPlugin('other'),
  ]);
  url = `${running.url}/jobs/mcp`;
});
afterAll(() => running.gateway.stop());

const headers = { 'x-api-key': keys[0] ?? '' };
const ask = (
  method: string,
  params: Record<string, unknown>,
  more: { headers?: Record<string, string>; to?: string } = {},
) => bodyOf(modern(more.to ?? url, method, params, { capabilities, headers: { ...headers, ...more.headers } }));
const call = async (name: string, args: object = {}, to = url) =>
  (await ask('tools/call', { name, arguments: args }, { to })).result as Json;
const get = async (task: Json | undefined) => (await ask('tasks/get', { taskId: task?.taskId })).result as Json;

async function until(task: Json | undefined, done: (state: Json) => boolean): Promise<Json> {
  for (;;) {
    const state = await get(task);
    if (done(state)) return state;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const ended = (task: Json | undefined) =>
  until(task, ({ status }) => !['working', 'input_required'].includes(`${status}`));

describe('a call that becomes a task', () => {
  test('is answered with a handle at once, and its result is what the call would have been answered with', async () => {
    const task = await call('at_once', { ms: 500 });
    expect(task).toMatchObject({ resultType: 'task', status: 'working', ttlMs: 3_600_000, pollIntervalMs: 1000 });
    expect(task.taskId).toMatch(/^[\w-]{32}$/);
    expect(await get(task)).toMatchObject({ resultType: 'complete', status: 'working', statusMessage: 'half way' });
    const { status, result } = await ended(task);
    const inPlace = await bodyOf(modern(url, 'tools/call', { name: 'at_once', arguments: { ms: 0 } }, { headers }));
    expect(status).toBe('completed');
    expect(result).toEqual({
      ...inPlace.result,
      content: [{ type: 'text', text: '{"waited":500}' }],
      structuredContent: { waited: 500 },
    });
  });

  test('may run longer than other calls, but not longer than its tool says', async () => {
    expect(await ended(await call('at_once', { ms: 500 }))).toMatchObject({
      status: 'completed',
      result: { structuredContent: { waited: 500 } },
    });
    expect(await ended(await call('with_own_time', { ms: 5000 }))).toMatchObject({
      status: 'completed',
      result: { isError: true },
    });
  });

  test('tells of a failure that the caller may read as a result, not as a failed task', async () => {
    const state = await ended(await call('fail'));
    expect(state).toMatchObject({
      status: 'completed',
      result: { isError: true, content: [{ text: 'The upstream said no.' }] },
    });
  });

  test('is never made for arguments that do not fit: they are answered at once', async () => {
    expect(await call('at_once', { misspelt: 1 })).toMatchObject({ resultType: 'complete', isError: true });
  });

  test('is made only for calls that last, where the tool says after how long', async () => {
    expect(await call('after_a_while', { ms: 0 })).toMatchObject({
      resultType: 'complete',
      structuredContent: { waited: 0 },
    });
    const task = await call('after_a_while', { ms: 250 });
    expect(task).toMatchObject({ resultType: 'task', status: 'working' });
    expect(await ended(task)).toMatchObject({ status: 'completed', result: { structuredContent: { waited: 250 } } });
  });
});

describe('a task that asks', () => {
  const word = (text: string) => ({ action: 'accept', content: { word: text } });
  const update = (task: Json, inputResponses: unknown) => ask('tasks/update', { taskId: task.taskId, inputResponses });

  test('waits for tasks/update with its handler where it is, and names no two questions alike', async () => {
    const before = seen.runs;
    const task = await call('ask');
    const first = await until(task, ({ status }) => status !== ('working' as unknown));
    expect(Object.keys(first.inputRequests ?? {})).toEqual(['word']);
    expect(first.inputRequests?.word).toMatchObject({ method: 'elicitation/create', params: { message: 'First?' } });
    expect((await update(task, { nobody_asked: word('x'), word: word('one') })).result).toEqual({
      resultType: 'complete',
      _meta: expect.anything(),
    });
    const second = await until(task, ({ inputRequests }) => inputRequests?.['word-2'] !== undefined);
    expect(Object.keys(second.inputRequests ?? {})).toEqual(['word-2']);
    await update(task, { word: word('too late'), 'word-2': word('two') });
    expect(await ended(task)).toMatchObject({
      status: 'completed',
      result: { structuredContent: { answers: ['one', 'two'] } },
    });
    expect(seen.runs).toBe(before + 1);
  });

  test('refuses answers that are none', async () => {
    const task = await call('ask');
    for (const wrong of [undefined, null, 'x', [], { word: 5 }, { word: null }]) {
      expect((await update(task, wrong)).error?.code).toBe(-32602);
    }
    expect(await get(task)).toMatchObject({ status: 'input_required' });
    await ask('tasks/cancel', { taskId: task.taskId });
  });

  test('fails where the client did not declare what it is asked for', async () => {
    const { result } = await bodyOf(
      modern(
        url,
        'tools/call',
        { name: 'ask', arguments: {} },
        {
          headers,
          capabilities: { extensions: capabilities.extensions },
        },
      ),
    );
    expect(await ended(result)).toMatchObject({
      status: 'failed',
      error: { code: -32021, data: { requiredCapabilities: { elicitation: {} } } },
    });
  });
});

test('a cancelled task stops its handler, stays cancelled, and acknowledges every time', async () => {
  const before = seen.aborted;
  const task = await call('at_once', { ms: 60_000 });
  for (let round = 0; round < 2; round++) {
    expect((await ask('tasks/cancel', { taskId: task.taskId })).result).toEqual({
      resultType: 'complete',
      _meta: expect.anything(),
    });
  }
  expect(await get(task)).toMatchObject({ status: 'cancelled' });
  expect(seen.aborted).toBe(before + 1);
});

describe('a client that did not declare the extension', () => {
  const bare = (method: string, params: Record<string, unknown>) => modern(url, method, params, { headers });

  test.each(['tasks/get', 'tasks/update', 'tasks/cancel'])('is refused %s', async (method) => {
    const task = await call('at_once', { ms: 10 });
    const response = await bare(method, { taskId: task.taskId, inputResponses: {} });
    expect(response.status).toBe(400);
    expect((await bodyOf(response)).error).toMatchObject({ code: -32021, data: missing });
  });

  test('is refused tools that must be tasks, and notifications of tasks', async () => {
    const refused = [
      await bare('tools/call', { name: 'only_as_task', arguments: {} }),
      await bare('subscriptions/listen', { notifications: { taskIds: ['x'] } }),
    ];
    for (const response of refused) {
      expect(response.status).toBe(400);
      expect((await bodyOf(response)).error).toMatchObject({ code: -32021, data: missing });
    }
  });

  test('waits for the result of the others', async () => {
    const { result } = await bodyOf(bare('tools/call', { name: 'at_once', arguments: { ms: 10 } }));
    expect(result).toMatchObject({ resultType: 'complete', structuredContent: { waited: 10 } });
  });
});

test('older revisions and REST run what may be done in place, and say what must be a task', async () => {
  const legacy = async (name: string) =>
    (await bodyOf(post(url, request('tools/call', { name, arguments: {} }), headers))).result;
  expect(await legacy('at_once')).toMatchObject({ structuredContent: { waited: 0 } });
  expect(await legacy('only_as_task')).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('only_as_task runs only as a task') }],
  });
  const rest = await post(`${running.url}/jobs/tools/only_as_task`, {}, headers);
  expect([rest.status, await rest.text()]).toEqual([422, expect.stringContaining('runs only as a task')]);
  const { capabilities: offered } = (await bodyOf(post(url, request('initialize'), headers))).result ?? {};
  expect(offered?.extensions).toBeUndefined();
});

test('a task is its own caller’s, on the endpoint that it was made on', async () => {
  const task = await call('at_once', { ms: 300 });
  for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
    const params = { taskId: task.taskId, inputResponses: {} };
    const foreign = [
      await ask(method, params, { headers: { 'x-api-key': keys[1] ?? '' } }),
      await ask(method, params, { to: `${running.url}/other/mcp` }),
      await ask(method, { ...params, taskId: 'x'.repeat(32) }),
    ];
    for (const { error } of foreign) expect(error).toEqual({ code: -32602, message: 'Unknown or expired task.' });
  }
  expect((await ended(task)).status).toBe('completed');
});

test('tasks/* name their task in Mcp-Name', async () => {
  const task = await call('at_once', { ms: 0 });
  for (const name of [{ 'mcp-name': 'another' }, { 'mcp-name': '' }]) {
    expect((await ask('tasks/get', { taskId: task.taskId }, { headers: name })).error?.code).toBe(-32020);
  }
});

test('subscriptions/listen tells each state of the tasks that are the caller’s, as tasks/get would', async () => {
  const task = await call('ask');
  const filter = { taskIds: [task.taskId, 'somebody-elses'] };
  const response = await modern(
    url,
    'subscriptions/listen',
    { notifications: filter },
    { capabilities, headers, id: 'sub' },
  );
  const events = eventsOf(response);
  const ack = await nextMessage(events);
  expect(ack).toMatchObject({
    method: 'notifications/subscriptions/acknowledged',
    params: { notifications: { taskIds: [task.taskId] } },
  });
  const states: Json[] = [];
  while (states.at(-1)?.status !== ('completed' as unknown)) {
    const { method, params } = (await nextMessage(events)) ?? {};
    const { _meta, ...state } = params ?? {};
    expect([method, _meta]).toEqual(['notifications/tasks', { 'io.modelcontextprotocol/subscriptionId': 'sub' }]);
    states.push(state);
    const [key] = Object.keys(state.inputRequests ?? {});
    if (key) await ask('tasks/update', { taskId: task.taskId, inputResponses: { [key]: { action: 'decline' } } });
  }
  expect(states.map(({ status }) => status)).toEqual([
    'input_required',
    'working',
    'input_required',
    'working',
    'completed',
  ]);
  const { resultType: _, _meta: __, ...now } = await get(task);
  expect(states.at(-1)).toEqual(now);
  await events.return(undefined);
});

describe('bounds', () => {
  test('a caller with too many tasks waits in place where it may, and is told where it may not', async () => {
    const small = await startTestGateway({ server: { drainTimeout: '0s' }, mcp: { tasks: { perCaller: 1 } } }, [
      taskPlugin(),
    ]);
    const to = `${small.url}/jobs/mcp`;
    expect((await call('at_once', { ms: 60_000 }, to)).resultType).toBe('task');
    expect(await call('at_once', { ms: 10 }, to)).toMatchObject({
      resultType: 'complete',
      structuredContent: { waited: 10 },
    });
    expect(await call('only_as_task', {}, to)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('Too many tasks') }],
    });
    await small.gateway.stop();
  });

  test('results that clients never fetch do not pile up', async () => {
    const limits = { resultBytes: '100KiB' };
    const small = await startTestGateway({ limits, mcp: { tasks: { bytes: '150KiB' } } }, [taskPlugin()]);
    const to = `${small.url}/jobs/mcp`;
    const first = await call('at_once', { ms: 200 }, to);
    expect([first.resultType, (await call('at_once', {}, to)).resultType]).toEqual(['task', 'complete']);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await call('at_once', {}, to)).resultType).toBe('task'); // a small result leaves room again
    await small.gateway.stop();
  });

  test('a task is forgotten when its time to live is over, and stopped where it still runs', async () => {
    const aborted: Seen = { runs: 0, aborted: 0 };
    const short = await startTestGateway({ mcp: { tasks: { ttl: '1s', perCaller: 2 } } }, [
      taskPlugin('jobs', aborted),
    ]);
    const to = `${short.url}/jobs/mcp`;
    const [done, endless] = [await call('at_once', {}, to), await call('at_once', { ms: 60_000 }, to)];
    expect(done.ttlMs).toBe(1000);
    await new Promise((resolve) => setTimeout(resolve, 1300));
    for (const { taskId } of [done, endless])
      expect((await ask('tasks/get', { taskId }, { to })).error?.code).toBe(-32602);
    expect(aborted.aborted).toBe(1);
    expect((await call('at_once', {}, to)).resultType).toBe('task'); // their places are free again
    await short.gateway.stop();
  });

  test('a gateway that stops ends its tasks', async () => {
    const aborted: Seen = { runs: 0, aborted: 0 };
    const stopping = await startTestGateway({ server: { drainTimeout: '0s' } }, [taskPlugin('jobs', aborted)]);
    await call('at_once', { ms: 60_000 }, `${stopping.url}/jobs/mcp`);
    await stopping.gateway.stop();
    expect(aborted.aborted).toBe(1);
  });
});
