// HTTP+SSE on SDK 1: a Server for each session; with `shareValidator` all of them use one JSON Schema validator.
import { createServer } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { resultOf, toolsOf } from './trivial-tools.mjs';

const { shareValidator, tools: count } = JSON.parse(process.argv[2]);
const tools = toolsOf(count);
const shared = shareValidator ? { jsonSchemaValidator: new AjvJsonSchemaValidator() } : {};
const transports = new Map();

async function open(outgoing) {
  const transport = new SSEServerTransport('/message', outgoing);
  transports.set(transport.sessionId, transport);
  outgoing.on('close', () => transports.delete(transport.sessionId));
  const server = new Server({ name: 'bench', version: '1.0.0' }, { capabilities: { tools: {} }, ...shared });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => resultOf(params.arguments));
  await server.connect(transport);
}

const server = createServer((incoming, outgoing) => {
  if (incoming.method === 'GET') return void open(outgoing);
  const id = new URL(incoming.url, 'http://127.0.0.1').searchParams.get('sessionId');
  void transports.get(id).handlePostMessage(incoming, outgoing);
});

server.listen(0, '127.0.0.1', 4096, () => process.send({ port: server.address().port }));
