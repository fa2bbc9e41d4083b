import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';
import { unreadableErrors, wildPlugin } from '../support/wild-plugin.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({ limits: { resultBytes: '100KiB' } }, [wildPlugin()]);
});
afterAll(() => running.gateway.stop());

const call = (name: string, args: object, id: number | string = 1) =>
  request('tools/call', { name, arguments: args }, id);

describe.each(unreadableErrors)('an error that cannot be written down (%s)', (what) => {
  test.each([false, true])('is an internal error of its request, thrown later: %s', async (later) => {
    const message = call('fail', { what, later }, 'mine');
    const answer = { id: 'mine', error: { code: -32603, message: expect.stringContaining('Internal error') } };
    for (const path of ['/wild/rpc', '/wild/mcp']) {
      expect(await jsonOf(await post(`${running.url}${path}`, message)), path).toMatchObject(answer);
    }
    const beside = [message, request('ping', {}, 'other')];
    expect(await jsonOf(await post(`${running.url}/wild/rpc`, beside))).toMatchObject([
      answer,
      { id: 'other', result: {} },
    ]);
    const rest = await post(`${running.url}/wild/tools/fail`, { what, later });
    expect([rest.status, await jsonOf(rest)]).toMatchObject([500, { error: { code: 'internal' } }]);
  });

  test('leaves an SSE session as it was', async () => {
    const { client, send } = await SseClient.session(running.url, '/wild/sse');
    for (const later of [false, true]) {
      await send(call('fail', { what, later }, 7));
      await expect.poll(() => client.events.filter(({ data }) => data.includes('-32603')).length).toBe(later ? 2 : 1);
    }
    await send(request('ping', {}, 8));
    expect(await client.answer(8)).toMatchObject({ result: {} });
    client.close();
  });
});

test('a question that a handler does not wait for ends nothing', async () => {
  expect(await jsonOf(await post(`${running.url}/wild/rpc`, call('forget', {})))).toMatchObject({
    result: { structuredContent: { asked: true } },
  });
  expect((await fetch(`${running.url}/health`)).status).toBe(200);
});

test('a result is measured in bytes', async () => {
  const answerOf = async (count: number) => jsonOf(await post(`${running.url}/wild/rpc`, call('euros', { count })));
  expect((await answerOf(30_000)).result.isError).toBeUndefined();
  expect((await answerOf(40_000)).result).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('limits.resultBytes') }],
  });
});
