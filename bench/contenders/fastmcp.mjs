// FastMCP for TypeScript, with or without sessions. Its tools answer text; structured content is what it makes of an output schema.
import { FastMCP } from 'fastmcp';
import * as z from 'zod';
import { toolsOf } from './trivial-tools.mjs';

const { tools, stateless, port } = JSON.parse(process.argv[2]);
const server = new FastMCP({ name: 'bench', version: '1.0.0' });
for (const { name, description } of toolsOf(tools)) {
  server.addTool({
    name,
    description,
    parameters: z.object({ message: z.string() }),
    execute: async ({ message }) => JSON.stringify({ message }),
  });
}
await server.start({ transportType: 'httpStream', httpStream: { port, host: '127.0.0.1', stateless } });
process.send({ port });
