import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conformancePlugin } from '../conformance/fixture.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

const asked: string[] = [];
const told: string[] = [];
let running: TestGateway;
let client: Client;
beforeAll(async () => {
  running = await startTestGateway({}, [conformancePlugin]);
  client = new Client(
    { name: 'test', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => {
    asked.push(params.message);
    return { action: 'accept', content: { name: 'Ada', color: 'blue' } };
  });
  client.setNotificationHandler('notifications/tools/list_changed', () => void told.push('tools'));
  await client.connect(new StreamableHTTPClientTransport(new URL(`${running.url}/conformance/mcp`)));
});
afterAll(async () => {
  await client.close();
  await running.gateway.stop();
});

const text = async (name: string, args: Record<string, unknown> = {}) => {
  const { content } = await client.callTool({ name, arguments: args });
  return (content as { text?: string }[])[0]?.text;
};

test('the official client of 2026-07-28 finds the newest revision and calls tools', async () => {
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain('test_mirrored_headers');
  expect(await text('test_simple_text')).toBe('This is a simple text response for testing.');
});

test('it mirrors parameters into headers as the gateway reads them', async () => {
  expect(await text('test_mirrored_headers', { region: ' Zürich ', shard: -7, urgent: true })).toBe(
    '{"region":" Zürich ","shard":-7,"urgent":true}',
  );
});

test('it answers what it is asked, round by round, and is not asked what it did not declare', async () => {
  expect(await text('test_input_required_result_multi_round')).toBe('Ada likes blue');
  expect(asked).toEqual(['Step 1: What is your name?', 'Step 2: What is your favorite color?']);
  await expect(text('test_sampling', { prompt: 'Hi' })).rejects.toMatchObject({ code: -32021 });
});

test('it hears of progress', async () => {
  const progress: number[] = [];
  const onprogress = (report: { progress: number }) => void progress.push(report.progress);
  await client.callTool({ name: 'test_tool_with_progress', arguments: {} }, { onprogress });
  expect(progress).toEqual([0, 50, 100]);
});

test('it reads errors as errors of the protocol', async () => {
  await expect(text('nope')).rejects.toMatchObject({ code: -32602 });
  await expect(client.readResource({ uri: 'test://nowhere' })).rejects.toMatchObject({ code: -32602 });
});

test('it listens until the gateway ends the subscription gracefully', async () => {
  const subscription = await client.listen({ toolsListChanged: true });
  expect(subscription.honoredFilter).toEqual({ toolsListChanged: true });
  await text('test_trigger_tool_change');
  await expect.poll(() => told).toEqual(['tools']);
  await running.gateway.stop();
  expect(await subscription.closed).toBe('graceful');
});
