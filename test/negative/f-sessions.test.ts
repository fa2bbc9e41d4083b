import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';
import { both } from './endpoints.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({}, [fixturePlugin(), fixturePlugin('other')]);
});
afterAll(() => running.gateway.stop());

const initialize = request('initialize', { protocolVersion: '2025-11-25', capabilities: { elicitation: {} } });

async function httpSession(path = '/fixture/mcp') {
  const response = await post(`${running.url}${path}`, initialize, both);
  return {
    ...both,
    'mcp-session-id': response.headers.get('mcp-session-id') ?? '',
    'mcp-protocol-version': '2025-11-25',
  };
}

test('F3 an unknown session id is 404 everywhere', async () => {
  for (const path of ['/fixture/mcp', '/mcp', '/fixture/sse']) {
    expect(
      (await post(`${running.url}${path}`, request('ping'), { ...both, 'mcp-session-id': 'unknown' })).status,
    ).toBe(404);
  }
  for (const path of ['/fixture/message', '/message', '/fixture/messages']) {
    expect((await post(`${running.url}${path}?sessionId=unknown`, request('ping'))).status).toBe(404);
  }
});

test('F5 a session of one plugin is 404 on another, and on the aggregate', async () => {
  const headers = await httpSession();
  for (const path of ['/other/mcp', '/mcp'])
    expect((await post(`${running.url}${path}`, request('ping'), headers)).status).toBe(404);
  const { client, endpoint } = await SseClient.session(running.url, '/fixture/sse');
  for (const foreign of ['/other/message', '/message'])
    expect((await post(endpoint.replace('/fixture/message', foreign), request('ping'))).status).toBe(404);
  const id = new URL(endpoint).searchParams.get('sessionId') ?? '';
  expect((await post(`${running.url}/fixture/mcp`, request('ping'), { ...both, 'mcp-session-id': id })).status).toBe(
    404,
  );
  client.close();
});

test('F6 a second stream of one session is 409 and does not steal the first', async () => {
  const headers = await httpSession();
  const first = await SseClient.open(`${running.url}/fixture/mcp`, { headers });
  expect((await fetch(`${running.url}/fixture/mcp`, { headers })).status).toBe(409);
  expect(first.ended).toBe(false);
  first.close();
});

test('F7 guesses of ids are 404 each, and ids have at least 128 random bits', async () => {
  const { client, endpoint } = await SseClient.session(running.url, '/fixture/sse');
  const id = new URL(endpoint).searchParams.get('sessionId') ?? '';
  expect(Buffer.from(id, 'base64url').length).toBeGreaterThanOrEqual(16);
  const guesses = Array.from({ length: 500 }, (_, n) => `${id.slice(0, -2)}${n.toString(36).padStart(2, '0')}`).filter(
    (guess) => guess !== id,
  );
  for (const guess of guesses) expect((await post(endpoint.replace(id, guess), request('ping'))).status).toBe(404);
  client.close();
});

test('F7 guesses are limited in their rate where the operator says so', async () => {
  const limited = await startTestGateway({ limits: { rate: { perMinute: 60, burst: 20 } } });
  const answers = new Map<number, number>();
  for (let n = 0; n < 60; n++) {
    const { status } = await post(`${limited.url}/fixture/mcp`, request('ping'), {
      ...both,
      'mcp-session-id': `guess-${n}`,
    });
    answers.set(status, (answers.get(status) ?? 0) + 1);
  }
  expect(answers.get(429)).toBeGreaterThan(20);
  await limited.gateway.stop();
});

test('F8 a POST after the stream closed is 404', async () => {
  const { client, endpoint } = await SseClient.session(running.url, '/fixture/sse');
  client.close();
  await expect.poll(async () => (await post(endpoint, request('ping'))).status).toBe(404);
});

test('F9 DELETE ends one’s own session, not another’s, and is 405 where there is none', async () => {
  const headers = await httpSession();
  const end = (path: string, sent: Record<string, string>) =>
    fetch(`${running.url}${path}`, { method: 'DELETE', headers: sent });
  expect((await end('/other/mcp', headers)).status).toBe(404);
  expect((await post(`${running.url}/fixture/mcp`, request('ping'), headers)).status).toBe(200);
  expect((await end('/fixture/mcp', headers)).ok).toBe(true);
  for (const again of [
    await post(`${running.url}/fixture/mcp`, request('ping'), headers),
    await fetch(`${running.url}/fixture/mcp`, { headers }),
    await end('/fixture/mcp', headers),
  ]) {
    expect(again.status).toBe(404);
  }
  expect((await end('/fixture/mcp', {})).status).toBe(405);
});

test('F9 another key cannot end, use or read a session', async () => {
  const keys = ['owner-key-0123456789abcdef', 'thief-key-0123456789abcdef'];
  const keyed = await startTestGateway({ auth: { keys } });
  const [owner = {}, thief = {}] = keys.map((key) => ({ 'x-api-key': key }));
  const opened = await post(`${keyed.url}/fixture/mcp`, initialize, { ...both, ...owner });
  const id = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
  expect((await fetch(`${keyed.url}/fixture/mcp`, { method: 'DELETE', headers: { ...thief, ...id } })).status).toBe(
    404,
  );
  expect((await fetch(`${keyed.url}/fixture/mcp`, { headers: { ...both, ...thief, ...id } })).status).toBe(404);
  expect((await post(`${keyed.url}/fixture/mcp`, request('ping'), { ...both, ...thief, ...id })).status).toBe(404);
  expect((await post(`${keyed.url}/fixture/mcp`, request('ping'), { ...both, ...owner, ...id })).status).toBe(200);
  await keyed.gateway.stop();
});

test('F10 a made-up session id opens nothing', async () => {
  const few = await startTestGateway({ limits: { sessions: 1 }, sessions: { mode: 'always' } });
  for (let n = 0; n < 10; n++)
    expect(
      (await post(`${few.url}/fixture/mcp`, request('tools/list'), { ...both, 'mcp-session-id': `made-up-${n}` }))
        .status,
    ).toBe(404);
  expect((await post(`${few.url}/fixture/mcp`, initialize, both)).status).toBe(200); // the one place was still free
  await few.gateway.stop();
});

test('F11 the session above the limit is 503 with Retry-After, old ones are unharmed, and places come free', async () => {
  const few = await startTestGateway({ limits: { sessions: 3 } });
  const open = await Promise.all([1, 2, 3].map(() => SseClient.session(few.url, '/fixture/sse')));
  for (const refused of [
    await fetch(`${few.url}/fixture/sse`),
    await post(`${few.url}/fixture/mcp`, initialize, both),
  ]) {
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  }
  for (const { send, client } of open) {
    await send(request('ping', {}, 'still here'));
    expect(await client.answer('still here')).toMatchObject({ result: {} });
  }
  open[0]?.client.close();
  await expect.poll(async () => (await post(`${few.url}/fixture/mcp`, initialize, both)).status).toBe(200);
  await few.gateway.stop();
});

test('F14 an event id that is forged, of another session or a megabyte long replays nothing', async () => {
  const mine = await httpSession();
  const theirs = await httpSession();
  const stream = await SseClient.open(`${running.url}/fixture/mcp`, {
    method: 'POST',
    headers: theirs,
    body: JSON.stringify(
      request('tools/call', { name: 'wait', arguments: { ms: 100, steps: 2 }, _meta: { progressToken: 1 } }),
    ),
  });
  await stream.end();
  const ids = stream.events.flatMap(({ id }) => (id === undefined ? [] : [id]));
  expect(ids.length).toBeGreaterThan(0);
  for (const id of [...ids, '7-7', '-1', 'x', '1'.repeat(9000)]) {
    const response = await fetch(`${running.url}/fixture/mcp`, { headers: { ...mine, 'last-event-id': id } });
    expect([400, 404, 431]).toContain(response.status);
  }
});
