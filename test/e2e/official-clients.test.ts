import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway();
});
afterAll(() => running.gateway.stop());

const transports = [
  ['SSE', '/fixture/sse', '', (url: URL) => new SSEClientTransport(url)],
  ['Streamable HTTP', '/fixture/mcp', '', (url: URL) => new StreamableHTTPClientTransport(url)],
  ['SSE', '/sse', 'fixture__', (url: URL) => new SSEClientTransport(url)],
  ['Streamable HTTP', '/mcp', 'fixture__', (url: URL) => new StreamableHTTPClientTransport(url)],
  ['Streamable HTTP', '/fixture/sse', '', (url: URL) => new StreamableHTTPClientTransport(url)],
] as const;

test.each(transports)(
  'the official client lists and calls tools over %s on %s',
  async (_name, path, prefix, transport) => {
    const client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(transport(new URL(`${running.url}${path}`)));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['echo', 'wait', 'ask', 'fail'].map((name) => `${prefix}${name}`));
    const result = await client.callTool({ name: `${prefix}echo`, arguments: { text: 'hello' } });
    expect(result).toEqual({
      content: [{ type: 'text', text: '{"text":"hello"}' }],
      structuredContent: { text: 'hello' },
    });
    await client.close();
  },
);
