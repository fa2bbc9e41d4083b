import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { callOf, job, report, toolOf, urlOf, versionOf, visitFaces } from './job.mjs';

const Transport = job.transport === 'sse' ? SSEClientTransport : StreamableHTTPClientTransport;
const client = versionOf('@modelcontextprotocol/sdk');

const faces = await visitFaces(async (face) => {
  const session = new Client({ name: 'interop', version: '1.0.0' });
  await session.connect(new Transport(urlOf(face), { requestInit: { headers: job.headers } }));
  return {
    list: async () => (await session.listTools()).tools.map(toolOf),
    call: async (name, args) => callOf(await session.callTool({ name, arguments: args })),
    close: () => session.close(),
  };
});
report(client, faces);
