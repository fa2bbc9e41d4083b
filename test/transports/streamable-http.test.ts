import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';

const aborted = { count: 0 };
let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({}, [fixturePlugin('fixture', aborted), fixturePlugin('other')]);
});
afterAll(() => running.gateway.stop());

const both = { accept: 'application/json, text/event-stream' };
const mcp = (body: unknown, headers: Record<string, string> = both, path = '/fixture/mcp') =>
  post(`${running.url}${path}`, body, headers);
const call = (name: string, args: object, meta?: object) =>
  request('tools/call', { name, arguments: args, ...(meta ? { _meta: meta } : {}) });
const initialize = (capabilities: object, protocolVersion = '2025-11-25') =>
  request('initialize', { protocolVersion, capabilities, clientInfo: { name: 't', version: '1' } });

async function openSession(capabilities: object = { elicitation: {} }) {
  const response = await mcp(initialize(capabilities));
  const id = response.headers.get('mcp-session-id') ?? '';
  return { id, headers: { ...both, 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' } };
}

describe('without a session', () => {
  test('initialize gives none to a client that cannot be asked anything', async () => {
    const response = await mcp(initialize({}));
    expect([response.status, response.headers.get('mcp-session-id'), response.headers.get('content-type')]).toEqual([
      200,
      null,
      'application/json',
    ]);
    expect((await jsonOf(response)).result).toMatchObject({
      protocolVersion: '2025-11-25',
      instructions: 'Tools for tests.',
    });
  });

  test.each([undefined, '*/*', 'application/json', 'application/json;q=0.9, */*;q=0.1'])(
    'Accept: %s is answered with JSON',
    async (accept) => {
      const response = await mcp(call('wait', { ms: 1 }, { progressToken: 1 }), accept ? { accept } : {});
      expect(response.headers.get('content-type')).toBe('application/json');
      expect((await jsonOf(response)).result.structuredContent).toEqual({ waited: 1 });
    },
  );

  test('an Accept that allows neither form is refused', async () => {
    expect((await mcp(request('ping'), { accept: 'text/html' })).status).toBe(406);
  });

  test('the answer becomes a stream when there is progress to tell', async () => {
    const stream = await SseClient.open(`${running.url}/fixture/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...both },
      body: JSON.stringify(call('wait', { ms: 60, steps: 3 }, { progressToken: 'p' })),
    });
    await stream.end();
    const messages = stream.events.map(({ data }) => JSON.parse(data));
    expect(messages.map((message) => message.params?.progress ?? message.id)).toEqual([1, 2, 3, 1]);
    expect(messages.at(-1).result.structuredContent).toEqual({ waited: 60 });
  });

  test('GET and DELETE are 405, notifications and responses 202', async () => {
    for (const method of ['GET', 'DELETE']) {
      const response = await fetch(`${running.url}/fixture/mcp`, { method, headers: { accept: 'text/event-stream' } });
      expect([response.status, response.headers.get('allow')]).toEqual([405, expect.stringContaining('POST')]);
    }
    expect((await mcp({ jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(202);
    expect((await mcp({ jsonrpc: '2.0', id: 1, result: {} })).status).toBe(202);
  });

  test('a version that nobody speaks is refused', async () => {
    expect((await mcp(request('ping'), { ...both, 'mcp-protocol-version': '1999-01-01' })).status).toBe(400);
  });

  test.each([
    [undefined, 200],
    ['2025-03-26', 200],
    ['2025-06-18', 400],
    ['2025-11-25', 400],
  ])('a batch in revision %s is answered with %i', async (version, status) => {
    const response = await mcp(
      [request('ping', {}, 1), request('ping', {}, 2)],
      version ? { ...both, 'mcp-protocol-version': version } : both,
    );
    expect(response.status).toBe(status);
    if (status === 200) expect(await jsonOf(response)).toHaveLength(2);
  });

  test('a client that goes away calls its call off', async () => {
    const before = aborted.count;
    const abort = new AbortController();
    const gone = fetch(`${running.url}/fixture/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...both },
      body: JSON.stringify(call('wait', { ms: 20_000 })),
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(), 150);
    await expect(gone).rejects.toThrow();
    await expect.poll(() => aborted.count).toBe(before + 1);
  });

  test('POST /sse is the same endpoint, for clients that try it on whatever URL they were given', async () => {
    expect(
      (await jsonOf(await mcp(call('echo', { text: 'x' }), both, '/fixture/sse'))).result.structuredContent,
    ).toEqual({ text: 'x' });
  });
});

describe('with a session', () => {
  test('a client that can be asked is asked on the stream of its call', async () => {
    const { id, headers } = await openSession();
    expect(id.length).toBeGreaterThanOrEqual(22);
    const stream = await SseClient.open(`${running.url}/fixture/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(call('ask', {})),
    });
    const question = JSON.parse((await stream.next(({ data }) => data.includes('elicitation/create'))).data);
    expect(
      (await mcp({ jsonrpc: '2.0', id: question.id, result: { action: 'accept', content: { name: 'Bo' } } }, headers))
        .status,
    ).toBe(202);
    await stream.end();
    expect(JSON.parse(stream.events.at(-1)?.data ?? '')).toMatchObject({
      id: 1,
      result: { structuredContent: { greeting: 'Hello Bo' } },
    });
  });

  test('is unknown elsewhere, and after its end', async () => {
    const { headers } = await openSession();
    expect((await mcp(request('ping'), headers, '/other/mcp')).status).toBe(404);
    expect((await mcp(request('ping'), { ...headers, 'mcp-session-id': 'made-up' })).status).toBe(404);
    expect((await mcp(request('ping'), headers)).status).toBe(200);
    expect((await fetch(`${running.url}/other/mcp`, { method: 'DELETE', headers })).status).toBe(404);
    expect((await fetch(`${running.url}/fixture/mcp`, { method: 'DELETE', headers })).status).toBe(204);
    expect((await mcp(request('ping'), headers)).status).toBe(404);
  });

  test('has one stream of its own; a second does not steal it', async () => {
    const { headers } = await openSession();
    const first = await SseClient.open(`${running.url}/fixture/mcp`, { headers });
    const second = await fetch(`${running.url}/fixture/mcp`, { headers });
    expect([first.response.status, second.status]).toEqual([200, 409]);
    first.close();
  });

  test('lets a reply stream be resumed by its own session only', async () => {
    const { headers } = await openSession();
    const stranger = await openSession();
    const stream = await SseClient.open(`${running.url}/fixture/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(call('wait', { ms: 1200, steps: 4 }, { progressToken: 1 })),
    });
    const { id = '' } = await stream.next(({ data }) => data.includes('"progress":1'));
    stream.close();
    const resumed = await SseClient.open(`${running.url}/fixture/mcp`, {
      headers: { ...headers, 'last-event-id': id },
    });
    await resumed.end();
    expect(resumed.events.map(({ data }) => JSON.parse(data).params?.progress ?? JSON.parse(data).id)).toEqual([
      2, 3, 4, 1,
    ]);
    for (const forged of ['99-1', '1', 'x'.repeat(10_000), '../../1-1', '1-1; 2']) {
      expect(
        (await fetch(`${running.url}/fixture/mcp`, { headers: { ...stranger.headers, 'last-event-id': forged } }))
          .status,
      ).toBe(400);
    }
  });

  test('always has one where the configuration says so, and never where it says that', async () => {
    for (const [mode, given] of [
      ['always', true],
      ['never', false],
    ] as const) {
      const gateway = await startTestGateway({ sessions: { mode } });
      const response = await post(
        `${gateway.url}/fixture/mcp`,
        initialize(mode === 'never' ? { elicitation: {} } : {}),
        both,
      );
      expect(response.headers.has('mcp-session-id')).toBe(given);
      await gateway.gateway.stop();
    }
  });

  test('ends when it is idle for too long', async () => {
    const gateway = await startTestGateway({ sessions: { idleTimeout: '1s' } });
    const response = await post(`${gateway.url}/fixture/mcp`, initialize({ elicitation: {} }), both);
    const headers = { ...both, 'mcp-session-id': response.headers.get('mcp-session-id') ?? '' };
    expect((await post(`${gateway.url}/fixture/mcp`, request('ping'), headers)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1600));
    expect((await post(`${gateway.url}/fixture/mcp`, request('ping'), headers)).status).toBe(404);
    await gateway.gateway.stop();
  });
});
