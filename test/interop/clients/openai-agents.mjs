import { MCPServerSSE, MCPServerStreamableHttp } from '@openai/agents';
import { callOf, job, report, toolOf, urlOf, versionOf, visitFaces } from './job.mjs';

const Server = job.transport === 'sse' ? MCPServerSSE : MCPServerStreamableHttp;

const faces = await visitFaces(async (face) => {
  const server = new Server({ url: urlOf(face).href, name: face.name, requestInit: { headers: job.headers } });
  await server.connect();
  return {
    list: async () => (await server.listTools()).map(toolOf),
    call: async (name, args) => callOf(await server.callToolResult(name, args)),
    close: () => server.close(),
  };
});
report(versionOf('@openai/agents'), faces);
