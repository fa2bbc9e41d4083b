import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({ sessions: { mode: 'always' } });
});
afterAll(() => running.gateway.stop());

const complete = {
  protocolVersion: '2025-11-25',
  clientInfo: { name: 'test', title: 'Test', version: '1', icons: [], other: 1 },
  capabilities: {
    roots: { listChanged: true },
    sampling: {},
    elicitation: { form: {} },
    experimental: { x: {} },
    more: 1,
  },
  more: true,
};

const wrong: [string, unknown][] = [
  ['protocolVersion', 20251125],
  ['protocolVersion', null],
  ['clientInfo', 'test'],
  ['clientInfo', []],
  ['clientInfo', null],
  ['clientInfo.name', 1],
  ['clientInfo.version', {}],
  ['clientInfo.title', false],
  ['capabilities', []],
  ['capabilities', 'all'],
  ['capabilities', null],
  ['capabilities.sampling', true],
  ['capabilities.elicitation', 'form'],
  ['capabilities.roots', []],
  ['capabilities.experimental', 1],
];

function withMember(path: string, value: unknown): object {
  const [member = '', inner] = path.split('.');
  if (inner === undefined) return { ...complete, [member]: value };
  return { ...complete, [member]: { ...Object(Reflect.get(complete, member)), [inner]: value } };
}

describe.each(['/fixture/rpc', '/fixture/mcp', '/mcp'])('initialize on %s', (path) => {
  const initialize = (params: object) => post(`${running.url}${path}`, request('initialize', params));

  test('takes what the schema has, what it does not have, and what clients leave out', async () => {
    for (const params of [
      complete,
      {},
      { protocolVersion: '2025-06-18' },
      { clientInfo: {} },
      { capabilities: { sampling: null } },
    ])
      expect(await jsonOf(await initialize(params))).toHaveProperty('result.protocolVersion');
  });

  test.each(wrong)('refuses %s as %j, and leaves no session behind', async (member, value) => {
    const response = await initialize(withMember(member, value));
    expect(response.headers.get('mcp-session-id')).toBeNull();
    expect((await jsonOf(response)).error).toMatchObject({
      code: -32602,
      message: expect.stringMatching(new RegExp(`^params\\.${member} must be `)),
    });
  });
});

test('on SSE the refusal is on the stream, and the session goes on', async () => {
  const { client, send } = await SseClient.session(running.url, '/fixture/sse');
  expect((await send(request('initialize', { ...complete, capabilities: 'x' }, 1))).status).toBe(202);
  expect((await client.answer(1)).error.code).toBe(-32602);
  await send(request('initialize', complete, 2));
  expect((await client.answer(2)).result.protocolVersion).toBe('2025-11-25');
  client.close();
});
