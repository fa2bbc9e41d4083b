import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callOf, freePort, job, report, startServer, toolOf, visitFaces } from './job.mjs';

const port = await freePort();
const base = `http://127.0.0.1:${port}`;
const masterKey = 'sk-interop-master-key';
const headers = { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' };

// The block is what the gateway's command line prints, word for word; with the aggregate as one server more.
const [, ...aggregate] = job.liteLlm.aggregate.trimEnd().split('\n');
const config = join(job.folder, 'litellm.yaml');
const settings = 'model_list: []\ngeneral_settings: { master_key: os.environ/LITELLM_MASTER_KEY }\n';
writeFileSync(config, `${settings}${job.liteLlm.plugins.trimEnd()}\n${aggregate.join('\n')}\n`);

const env = {
  LITELLM_MASTER_KEY: masterKey,
  MCP_GATEWAY_KEY: job.key,
  // Prices of models are read from the package rather than from the network.
  LITELLM_LOCAL_MODEL_COST_MAP: 'True',
};
const args = ['--config', config, '--host', '127.0.0.1', '--port', String(port), '--telemetry', 'False'];
const proxy = await startServer(join(job.pythonBin, 'litellm'), args, env, `${base}/health/liveliness`);

const faces = await visitFaces(async (face) => ({
  list: async () => {
    const { tools, ...rest } = await ask(`/mcp-rest/tools/list?server_id=${face.name}`);
    if (!tools?.length) throw new Error(`${JSON.stringify(rest)}\n${proxy.output()}`);
    return tools.map((tool) => ({ ...toolOf(tool), name: nameOf(face, tool.name) }));
  },
  call: async (name, args) => {
    const answer = await ask('/mcp-rest/tools/call', { server_id: face.name, name, arguments: args });
    return answer.content ? callOf(answer) : { isError: true, text: JSON.stringify(answer) };
  },
  close: () => undefined,
}));
proxy.child.kill('SIGKILL');
const version = execFileSync(join(job.pythonBin, 'python'), [
  '-c',
  'import importlib.metadata as m; print(m.version("litellm"))',
]);
report(`litellm ${String(version).trim()}`, faces);

/** LiteLLM may put the server before the name of a tool. */
function nameOf(face, name) {
  return name.startsWith(`${face.name}-`) ? name.slice(face.name.length + 1) : name;
}

async function ask(path, body) {
  const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  return (await fetch(`${base}${path}`, request)).json();
}
