import { Client, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { callOf, job, report, toolOf, urlOf, versionOf, visitFaces } from './job.mjs';

const Transport = job.transport === 'sse' ? SSEClientTransport : StreamableHTTPClientTransport;
const mode = ['legacy', 'auto'].includes(job.mode) ? job.mode : { pin: job.mode };
let revision;

const faces = await visitFaces(async (face) => {
  const session = new Client({ name: 'interop', version: '1.0.0' }, { versionNegotiation: { mode } });
  await session.connect(new Transport(urlOf(face), { requestInit: { headers: job.headers } }));
  revision = session.getNegotiatedProtocolVersion();
  return {
    list: async () => (await session.listTools()).tools.map(toolOf),
    call: async (name, args) => callOf(await session.callTool({ name, arguments: args })),
    close: () => session.close(),
  };
});
report(versionOf('@modelcontextprotocol/client'), faces, revision);
