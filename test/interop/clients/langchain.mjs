import { MultiServerMCPClient } from '@langchain/mcp-adapters';
import { job, report, urlOf, versionOf, visitFaces } from './job.mjs';

const faces = await visitFaces(async (face) => {
  const client = new MultiServerMCPClient({
    mcpServers: {
      [face.name]: {
        transport: job.transport,
        url: urlOf(face).href,
        headers: job.headers,
        automaticSSEFallback: job.mode === 'http-first',
      },
    },
  });
  const tools = await client.getTools();
  return {
    // LangChain rewrites schemas for models, so only names and descriptions can be the same.
    list: () => tools.map(({ name, description }) => ({ name, description })),
    call: (name, args) => invoke(tools, name, args),
    close: () => client.close(),
  };
});
report(versionOf('@langchain/mcp-adapters'), faces);

async function invoke(tools, name, args) {
  try {
    const tool = tools.find((candidate) => candidate.name === name);
    const message = await tool.invoke({ type: 'tool_call', id: 'call-1', name, args });
    return { isError: false, ...resultOf(message.content) };
  } catch (error) {
    return { isError: true, text: error.message };
  }
}

/** What a model is given: one text block as JSON, with the structured result in it where the tool has one. */
function resultOf(content) {
  const { text, structuredContent } = typeof content === 'string' ? JSON.parse(content) : content[0];
  return { text, structured: structuredContent ?? null };
}
