// Trivial tools over stdio on SDK 1: what programs that put a stdio server on HTTP are given to serve.
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { resultOf, toolsOf } from './trivial-tools.mjs';

const tools = toolsOf(Number(process.argv[2]));
const server = new Server({ name: 'bench', version: '1.0.0' }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
server.setRequestHandler(CallToolRequestSchema, ({ params }) => resultOf(params.arguments));
await server.connect(new StdioServerTransport());
