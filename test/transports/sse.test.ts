import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';

const aborted = { count: 0 };
let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({ sse: { interval: '1s' }, limits: { sessions: 20 } }, [
    fixturePlugin('fixture', aborted),
    fixturePlugin('other'),
  ]);
});
afterAll(() => running.gateway.stop());

const initialize = request(
  'initialize',
  { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 't', version: '1' } },
  'init',
);

describe('GET /sse', () => {
  test('is an unbuffered, uncompressed stream whose first event is the absolute path to post to', async () => {
    const { client } = await SseClient.session(running.url, '/fixture/sse', { 'accept-encoding': 'gzip' });
    expect(client.response.headers.get('content-type')).toBe('text/event-stream');
    expect(client.response.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(client.response.headers.get('x-accel-buffering')).toBe('no');
    expect(client.response.headers.get('content-encoding')).toBeNull();
    expect(client.events[0]?.event).toBe('endpoint');
    expect(client.events[0]?.data).toMatch(/^\/fixture\/message\?sessionId=[A-Za-z0-9_-]{22,}$/);
    client.close();
  });

  test('keeps the stream alive with comments that a person can read', async () => {
    const { client } = await SseClient.session(running.url, '/fixture/sse');
    await expect.poll(() => client.comments.length, { timeout: 5000 }).toBeGreaterThan(1);
    expect(client.comments[0]).toMatch(/^: ping \d{4}-\d\d-\d\dT[\d:.]+Z$/);
    client.close();
  });

  test('answers HEAD without opening a session', async () => {
    const response = await fetch(`${running.url}/fixture/sse`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  });

  test('refuses the session above the limit, leaves the others alone, and takes new ones when some have gone', async () => {
    const sessions = await Promise.all(
      Array.from({ length: 20 }, () => SseClient.session(running.url, '/fixture/sse')),
    );
    const refused = await fetch(`${running.url}/fixture/sse`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    await sessions[0]?.send(request('ping', {}, 7));
    expect(await sessions[0]?.client.answer(7)).toMatchObject({ result: {} });
    for (const { client } of sessions) client.close();
    await expect
      .poll(async () => {
        const next = await SseClient.open(`${running.url}/fixture/sse`);
        next.close();
        return next.response.status;
      })
      .toBe(200);
  });

  test('can send ping events instead, for clients written against them', async () => {
    const events = await startTestGateway({ sse: { keepAlive: 'event', interval: '1s' } });
    const { client } = await SseClient.session(events.url, '/fixture/sse');
    expect(await client.next(({ event }) => event === 'ping')).toMatchObject({
      data: expect.stringMatching(/^\d{4}-/),
    });
    client.close();
    await events.gateway.stop();
  });
});

describe('POST /message', () => {
  test('is accepted before the work is done, and answered on the stream', async () => {
    const { client, send } = await SseClient.session(running.url, '/fixture/sse');
    expect((await send(initialize)).status).toBe(202);
    expect(await client.answer('init')).toMatchObject({
      result: { protocolVersion: '2025-03-26', serverInfo: { name: 'fixture' } },
    });
    const accepted = await send(request('tools/call', { name: 'wait', arguments: { ms: 300 } }, 2));
    expect([accepted.status, await accepted.text()]).toEqual([202, '']);
    expect(client.events.some(({ data }) => data.includes('"id":2'))).toBe(false);
    expect(await client.answer(2)).toMatchObject({ result: { structuredContent: { waited: 300 } } });
    client.close();
  });

  test('works without initialize, since clients reconnect and go on', async () => {
    const { client, send } = await SseClient.session(running.url, '/fixture/sse');
    await send(request('tools/list', {}, 'list'));
    expect((await client.answer('list')).result.tools).toHaveLength(4);
    client.close();
  });

  test.each([['/messages'], ['/message/']])('also goes by %s', async (path) => {
    const { client, endpoint } = await SseClient.session(running.url, '/fixture/sse');
    expect((await post(endpoint.replace('/message', path), request('ping'))).status).toBe(202);
    expect(await client.answer(1)).toMatchObject({ result: {} });
    client.close();
  });

  test('looks the same for an unknown, a foreign and a closed session', async () => {
    const { client, endpoint } = await SseClient.session(running.url, '/fixture/sse');
    const foreign = await post(endpoint.replace('/fixture/', '/other/'), request('ping'));
    const unknown = await post(`${running.url}/fixture/message?sessionId=nobody`, request('ping'));
    client.close();
    const bodies = [await foreign.text(), await unknown.text()];
    await expect
      .poll(async () => {
        const closed = await post(endpoint, request('ping'));
        return [closed.status, await closed.text()];
      })
      .toEqual([404, bodies[0]]);
    expect([foreign.status, unknown.status, bodies[1]]).toEqual([404, 404, bodies[0]]);
  });

  test.each([
    ['no session id', '/fixture/message', '{}', 400],
    ['bad JSON', undefined, '{bad', 400],
    ['a message of the wrong case', undefined, '{"JSONRPC":"2.0","Method":"ping","id":1}', 400],
    ['an empty batch', undefined, '[]', 400],
  ])('refuses %s', async (_what, path, body, status) => {
    const { client, endpoint } = await SseClient.session(running.url, '/fixture/sse');
    const response = await post(path ? `${running.url}${path}` : endpoint, body);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/json']);
    client.close();
  });

  test('answers what is softer than that on the stream, since a refusal would end a Python client for good', async () => {
    const { client, send } = await SseClient.session(running.url, '/fixture/sse');
    for (const [id, method] of Object.entries({ a: 'server/discover', b: 'no/such' })) {
      expect((await send(request(method, {}, id))).status).toBe(202);
      expect((await client.answer(id)).error.code).toBe(-32601);
    }
    expect((await send(request('tools/call', { name: 'nope' }, 'c'))).status).toBe(202);
    expect((await client.answer('c')).error).toMatchObject({ code: -32602, message: expect.stringContaining('nope') });
    client.close();
  });

  test('takes a batch where the revision has them, and says so on the stream where it has not', async () => {
    const old = await SseClient.session(running.url, '/fixture/sse');
    await old.send([
      request('ping', {}, 1),
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      request('ping', {}, 2),
    ]);
    expect(await Promise.all([old.client.answer(1), old.client.answer(2)])).toMatchObject([
      { result: {} },
      { result: {} },
    ]);
    const newer = await SseClient.session(running.url, '/fixture/sse');
    await newer.send(request('initialize', { protocolVersion: '2025-11-25', capabilities: {} }, 'init'));
    await newer.client.answer('init');
    expect((await newer.send([request('ping', {}, 1)])).status).toBe(202);
    expect((await newer.client.next(({ data }) => data.includes('"error"'))).data).toContain('-32600');
    old.client.close();
    newer.client.close();
  });

  test('refuses an id that is still in use, and answers the first call all the same', async () => {
    const { client, send } = await SseClient.session(running.url, '/fixture/sse');
    await send(request('tools/call', { name: 'wait', arguments: { ms: 300 } }, 5));
    await send(request('tools/call', { name: 'echo', arguments: { text: 'x' } }, 5));
    expect((await client.answer(5)).error.code).toBe(-32600);
    expect(await client.next(({ data }) => data.includes('"waited":300'))).toBeDefined();
    client.close();
  });
});

describe('a running call', () => {
  test('reports progress on the stream, under the token of its request', async () => {
    const { client, send } = await SseClient.session(running.url, '/fixture/sse');
    await send(
      request('tools/call', { name: 'wait', arguments: { ms: 200, steps: 4 }, _meta: { progressToken: 'p' } }, 1),
    );
    await client.answer(1);
    const progress = client.events
      .filter(({ data }) => data.includes('notifications/progress'))
      .map(({ data }) => JSON.parse(data).params);
    expect(progress.map((params) => params.progress)).toEqual([1, 2, 3, 4]);
    expect(progress[0]).toEqual({ progressToken: 'p', progress: 1, total: 4, message: 'step 1' });
    client.close();
  });

  test('is called off by notifications/cancelled, and not answered', async () => {
    const { client, send } = await SseClient.session(running.url, '/fixture/sse');
    const before = aborted.count;
    await send(request('tools/call', { name: 'wait', arguments: { ms: 20_000 } }, 1));
    await send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    await expect.poll(() => aborted.count).toBe(before + 1);
    await send(request('ping', {}, 2));
    await client.answer(2);
    expect(client.events.filter(({ data }) => data.includes('"id":1'))).toEqual([]);
    client.close();
  });

  test('is called off when the stream closes', async () => {
    const { client, send } = await SseClient.session(running.url, '/fixture/sse');
    const before = aborted.count;
    await send(request('tools/call', { name: 'wait', arguments: { ms: 20_000 } }, 1));
    client.close();
    await expect.poll(() => aborted.count).toBe(before + 1);
  });

  test('asks the person through the session, and goes on with the answer', async () => {
    const { client, send } = await SseClient.session(running.url, '/fixture/sse');
    await send(request('initialize', { protocolVersion: '2025-06-18', capabilities: { elicitation: {} } }, 'init'));
    await client.answer('init');
    await send(request('tools/call', { name: 'ask', arguments: {} }, 1));
    const question = JSON.parse((await client.next(({ data }) => data.includes('elicitation/create'))).data);
    expect(question.params).toMatchObject({
      message: 'What is your name?',
      requestedSchema: { type: 'object', required: ['name'] },
    });
    await send({ jsonrpc: '2.0', id: question.id, result: { action: 'accept', content: { name: 'Ada' } } });
    expect((await client.next(({ data }) => data.includes('Hello Ada'))).data).toContain('"id":1');
    client.close();
  });

  test('says so where the client cannot be asked', async () => {
    const { client, send } = await SseClient.session(running.url, '/fixture/sse');
    await send(request('tools/call', { name: 'ask', arguments: {} }, 1));
    expect((await client.answer(1)).result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('elicitation') }],
    });
    client.close();
  });
});
