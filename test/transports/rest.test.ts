import { definePlugin, defineTool, GatewayError, type ToolContext } from 'mcp-sse-gateway';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonOf, post, startTestGateway, type TestGateway } from '../support/gateway.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({ server: { publicUrl: 'https://tools.example.com/gw' } });
});
afterAll(() => running.gateway.stop());

test('a tool takes JSON arguments and gives its structured output', async () => {
  const response = await post(`${running.url}/fixture/tools/echo`, { text: 'hi' });
  expect([response.status, await jsonOf(response)]).toEqual([200, { text: 'hi' }]);
});

test.each([
  ['a wrong argument', 'echo', { text: 1 }, 400, 'invalid_input', 'text'],
  ['bad JSON', 'echo', '{bad', 400, 'invalid_input', 'JSON'],
  ['an unknown tool', 'ecko', {}, 404, 'unknown_tool', 'echo'],
  ['a tool that fails', 'fail', { how: 'clearly' }, 422, 'upstream', 'ask it nicely'],
  ['a defect', 'fail', { how: 'by a defect' }, 500, 'internal', 'log'],
])('%s is an error that says what to do', async (_what, tool, body, status, code, text) => {
  const response = await post(`${running.url}/fixture/tools/${tool}`, body);
  expect([response.status, await jsonOf(response)]).toEqual([
    status,
    { error: expect.objectContaining({ code, message: expect.stringContaining(text) }) },
  ]);
});

test('what a tool finds wrong while it runs is 422, since its arguments fitted its schema', async () => {
  const parse = defineTool({
    name: 'parse',
    title: 'Parse',
    description: 'Refuses what it reads.',
    input: v.strictObject({ text: v.string() }),
    output: v.object({}),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    handler: (_context: ToolContext, { text }) => {
      throw new GatewayError(text === 'unknown' ? 'unknown_tool' : 'invalid_input', 'Syntax error at the first word.');
    },
  });
  const parser = definePlugin({
    name: 'parser',
    title: 'Parser',
    description: 'Parses.',
    config: v.strictObject({}),
    tools: [parse],
    start: () => ({}),
  });
  const { url, gateway } = await startTestGateway({}, [parser]);
  const answer = await post(`${url}/parser/tools/parse`, { text: 'selec' });
  expect([answer.status, (await jsonOf(answer)).error.code]).toEqual([422, 'invalid_input']);
  expect((await post(`${url}/parser/tools/parse`, { text: 'unknown' })).status).toBe(422);
  expect((await post(`${url}/parser/tools/parse`, { txt: 'selec' })).status).toBe(400);
  await gateway.stop();
});

test('the list of tools has both schemas and an ETag that saves the next transfer', async () => {
  const response = await fetch(`${running.url}/fixture/tools`);
  const etag = response.headers.get('etag') ?? '';
  const list = await jsonOf(response);
  expect(list).toMatchObject({ plugin: 'fixture', version: expect.any(String) });
  expect(list.tools[0]).toEqual({
    name: 'echo',
    title: 'Echo',
    description: 'Gives back the text it is given.',
    inputSchema: {
      type: 'object',
      properties: { text: { type: 'string' } },
      required: ['text'],
      additionalProperties: false,
    },
    outputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  });
  expect((await fetch(`${running.url}/fixture/tools`, { headers: { 'if-none-match': etag } })).status).toBe(304);
});

test('the list comes in the forms of other APIs too', async () => {
  const list = async (format: string) => jsonOf(await fetch(`${running.url}/fixture/tools?format=${format}`));
  expect((await list('openai'))[0]).toMatchObject({
    type: 'function',
    function: { name: 'echo', parameters: { type: 'object' } },
  });
  expect((await list('anthropic'))[0]).toMatchObject({ name: 'echo', input_schema: { type: 'object' } });
  expect(await list('yaml')).toMatchObject({ error: { message: expect.stringContaining('openai') } });
});

test('the OpenAPI document names every tool under the public address', async () => {
  const document = await jsonOf(await fetch(`${running.url}/fixture/openapi.json`));
  expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/gw/fixture' }] });
  expect(Object.keys(document.paths)).toEqual(['/tools/echo', '/tools/wait', '/tools/ask', '/tools/fail']);
  expect(document.paths['/tools/echo'].post).toMatchObject({ operationId: 'echo', requestBody: { required: true } });
  const aggregate = await jsonOf(await fetch(`${running.url}/openapi.json`));
  expect(Object.keys(aggregate.paths)).toContain('/tools/fixture__echo');
});
