import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conformancePlugin } from '../conformance/fixture.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({}, [conformancePlugin]);
});
afterAll(() => running.gateway.stop());

test('the official client is asked, told and logged to over HTTP+SSE', async () => {
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {}, sampling: {} } });
  const told: string[] = [];
  client.setRequestHandler(ElicitRequestSchema, () => ({
    action: 'accept',
    content: { username: 'ada', email: 'ada@example.com' },
  }));
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    role: 'assistant',
    model: 'none',
    content: { type: 'text', text: 'as you say' },
  }));
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void told.push(`log ${params.data}`));
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void told.push('tools changed'));
  await client.connect(new SSEClientTransport(new URL(`${running.url}/conformance/sse`)));
  const text = async (name: string, args: Record<string, unknown> = {}) => {
    const { content } = await client.callTool({ name, arguments: args });
    return (content as { text: string }[])[0]?.text;
  };
  expect(await text('test_elicitation', { message: 'Who?' })).toContain('"username":"ada"');
  expect(await text('test_sampling', { prompt: 'Hi' })).toBe('LLM response: as you say');
  await client.setLoggingLevel('info');
  await text('test_logging_tool');
  await text('test_trigger_tool_change');
  await expect.poll(() => told).toEqual(['log This is a log message', 'tools changed']);
  await client.close();
});
