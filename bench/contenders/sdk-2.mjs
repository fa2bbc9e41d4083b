// SDK 2 as its documentation has it: createMcpHandler on node:http, which makes an McpServer for each request.
import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { resultOf, toolsOf } from './trivial-tools.mjs';

const { tools: count } = JSON.parse(process.argv[2]);
const tools = toolsOf(count);
const schemas = { inputSchema: z.object({ message: z.string() }), outputSchema: z.object({ message: z.string() }) };

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'bench', version: '1.0.0' });
  for (const { name, title, description } of tools) {
    server.registerTool(name, { title, description, ...schemas }, resultOf);
  }
  return server;
});

const server = createServer(toNodeHandler(handler));
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
