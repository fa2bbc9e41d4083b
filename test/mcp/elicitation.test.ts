import { definePlugin, defineTool, type ToolContext } from 'mcp-sse-gateway';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventsOf, nextMessage } from '../support/events.ts';
import { request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { bodyOf, modern } from '../support/modern.ts';
import { openSession } from '../support/session.ts';

const common = {
  title: 'Ask',
  description: 'Asks.',
  input: v.strictObject({}),
  output: v.object({ answer: v.unknown() }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
};

const openPage = defineTool({
  ...common,
  name: 'open_page',
  handler: async ({ elicitUrl }: ToolContext) => ({
    answer: await elicitUrl('https://example.com/pay', 'Please pay', { key: 'payment' }),
  }),
});

const form = v.strictObject({ age: v.pipe(v.number(), v.integer(), v.minValue(0)) });
const askAge = defineTool({
  ...common,
  name: 'ask_age',
  handler: async ({ elicit }: ToolContext) => ({ answer: await elicit(form, 'How old?') }),
});

const plugin = definePlugin({
  name: 'asking',
  title: 'Asking',
  description: 'Asks.',
  config: v.strictObject({}),
  tools: [openPage, askAge],
  start: () => ({}),
});

let running: TestGateway;
let url: string;
beforeAll(async () => {
  running = await startTestGateway({}, [plugin]);
  url = `${running.url}/asking/mcp`;
});
afterAll(() => running.gateway.stop());

const elicitation = { form: {}, url: {} };

describe('a web page', () => {
  test('is pushed on a session with the id that 2025-11-25 wants', async () => {
    const session = await openSession(url, { capabilities: { elicitation } });
    const reply = eventsOf(await session.send(request('tools/call', { name: 'open_page', arguments: {} })));
    const asked = await nextMessage(reply);
    expect(asked?.params).toEqual({
      mode: 'url',
      url: 'https://example.com/pay',
      message: 'Please pay',
      elicitationId: expect.stringMatching(/^[\w-]{36}$/),
    });
    await session.send({ jsonrpc: '2.0', id: asked?.id, result: { action: 'accept' } });
    expect((await nextMessage(reply))?.result?.structuredContent).toEqual({ answer: 'accept' });
  });

  test('is asked for by an input-required result from 2026-07-28 on, without an id', async () => {
    const ask = (capabilities: object, more = {}) =>
      bodyOf(
        modern(url, 'tools/call', { name: 'open_page', arguments: {}, ...more }, { capabilities: { ...capabilities } }),
      );
    const { result } = await ask({ elicitation });
    expect(result?.inputRequests).toEqual({
      payment: {
        method: 'elicitation/create',
        params: { mode: 'url', url: 'https://example.com/pay', message: 'Please pay' },
      },
    });
    const inputResponses = { payment: { action: 'decline' } };
    const { requestState } = result ?? {};
    const answered = await ask({ elicitation }, { inputResponses, requestState });
    expect(answered.result?.structuredContent).toEqual({ answer: 'decline' });
    expect((await ask({ elicitation: {} })).error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { elicitation: { url: {} } } },
    });
  });
});

describe('a form', () => {
  const answer = (content: unknown) =>
    bodyOf(
      modern(
        url,
        'tools/call',
        { name: 'ask_age', arguments: {}, inputResponses: { 'elicitation-1': content } },
        {
          capabilities: { elicitation: {} },
        },
      ),
    );

  test('is answered with what fits it', async () => {
    const { result } = await answer({ action: 'accept', content: { age: 36 } });
    expect(result?.structuredContent).toEqual({ answer: { action: 'accept', content: { age: 36 } } });
  });

  test.each<[string, unknown, RegExp]>([
    ['wrong data', { action: 'accept', content: { age: 'old' } }, /answered with invalid data: age/],
    ['data it did not ask for', { action: 'accept', content: { age: 1, shoe: 45 } }, /shoe: unknown key/],
    ['no data', { action: 'accept' }, /age: required, but missing/],
    ['no action', { content: { age: 36 } }, /not an elicitation result/],
  ])('is not taken for answered by %s', async (_title, content, message) => {
    const { result } = await answer(content);
    expect([result?.isError, result?.content?.[0]?.text]).toEqual([true, expect.stringMatching(message)]);
  });

  test('is not asked for by REST, which cannot wait for a person', async () => {
    const response = await fetch(`${running.url}/asking/tools/ask_age`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect([response.status, await response.text()]).toEqual([422, expect.stringContaining('elicitation/create')]);
  });
});
