// Hono on its Node server, as its own documentation has it; with `schemas`, arguments go through a valibot schema and a table.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import * as v from 'valibot';

const { schemas, tools = 1 } = JSON.parse(process.argv[2]);

const Request = v.object({
  jsonrpc: v.literal('2.0'),
  id: v.union([v.string(), v.number()]),
  method: v.literal('tools/call'),
  params: v.object({ name: v.string(), arguments: v.record(v.string(), v.unknown()) }),
});
const Input = v.strictObject({ message: v.string() });
const table = new Map(
  Array.from({ length: tools }, (_, index) => [
    `tool_${String(index).padStart(2, '0')}`,
    { input: Input, handler: ({ message }) => ({ message }) },
  ]),
);

const app = new Hono().post('/rpc', async (c) => {
  const body = await c.req.json();
  const data = schemas ? call(v.parse(Request, body)) : { message: body.params.arguments.message };
  const result = { content: [{ type: 'text', text: JSON.stringify(data) }], structuredContent: data };
  return c.json({ jsonrpc: '2.0', id: body.id, result });
});

function call({ params }) {
  const tool = table.get(params.name);
  return tool.handler(v.parse(tool.input, params.arguments));
}

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => process.send({ port }));
