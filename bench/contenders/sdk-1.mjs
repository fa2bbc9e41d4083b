// Streamable HTTP without sessions on SDK 1: a Server or McpServer for each request, or one Server behind a transport of our own.
import { createServer } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import { resultOf, toolsOf } from './trivial-tools.mjs';

const { kind, tools: count } = JSON.parse(process.argv[2]);
const tools = toolsOf(count);
const byName = new Map(tools.map((tool) => [tool.name, tool]));
const info = { name: 'bench', version: '1.0.0' };

function makeServer() {
  const server = new Server(info, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    if (!byName.has(params.name)) throw new Error('unknown tool');
    return resultOf(params.arguments);
  });
  return server;
}

function makeMcpServer() {
  const server = new McpServer(info);
  for (const { name, title, description } of tools) {
    const schemas = { inputSchema: { message: z.string() }, outputSchema: { message: z.string() } };
    server.registerTool(name, { title, description, ...schemas }, resultOf);
  }
  return server;
}

async function answerAlone(incoming, outgoing, make) {
  const server = make();
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  outgoing.on('close', () => {
    void transport.close();
    void server.close();
  });
  await server.connect(transport);
  await transport.handleRequest(incoming, outgoing);
}

/** One connection for ever: requests get ids of its own, answers are found by them. */
function longLived() {
  const waiting = new Map();
  let last = 0;
  const transport = {
    start: async () => undefined,
    close: async () => undefined,
    send: async (message) => {
      const { id, outgoing } = waiting.get(message.id);
      waiting.delete(message.id);
      const text = JSON.stringify({ ...message, id });
      outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
      outgoing.end(text);
    },
  };
  void makeServer().connect(transport);
  return (incoming, outgoing) => {
    const chunks = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      const message = JSON.parse(Buffer.concat(chunks).toString());
      waiting.set(++last, { id: message.id, outgoing });
      transport.onmessage({ ...message, id: last });
    });
  };
}

const listeners = {
  shared: longLived,
  server: () => (incoming, outgoing) => answerAlone(incoming, outgoing, makeServer),
  'mcp-server': () => (incoming, outgoing) => answerAlone(incoming, outgoing, makeMcpServer),
};

const server = createServer(listeners[kind]());
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
