import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { callOf, job, report, toolOf, urlOf, versionOf, visitFaces } from './job.mjs';

const proxy = fileURLToPath(new URL('../node_modules/mcp-remote/dist/proxy.js', import.meta.url));

// As Claude Desktop does it: a program on standard input and output, that speaks to the gateway.
const faces = await visitFaces(async (face) => {
  const headers = Object.entries(job.headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const session = new Client({ name: 'interop', version: '1.0.0' });
  await session.connect(
    new StdioClientTransport({
      command: job.node,
      args: [proxy, urlOf(face).href, ...headers, '--transport', job.mode ?? `${job.transport}-only`],
      env: { ...process.env, MCP_REMOTE_CONFIG_DIR: job.folder },
    }),
    { timeout: 120_000 },
  );
  return {
    list: async () => (await session.listTools()).tools.map(toolOf),
    call: async (name, args) => callOf(await session.callTool({ name, arguments: args })),
    close: () => session.close(),
  };
});
report(versionOf('mcp-remote'), faces);
