import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../harness/command-line-gateway.mjs';
import { installPackages, installPython } from '../harness/install.mjs';
import { NodeServer } from '../harness/node-server.mjs';
import { contender, contendersFolder, ownServer } from '../harness/places.mjs';
import { Program } from '../harness/program.mjs';
import { key } from '../harness/requests.mjs';

const tools = 10;
const bin = (name) => join(contendersFolder, 'node_modules', '.bin', name);
const stdio = [process.execPath, contender('stdio'), String(tools)];
const stdioCommand = stdio.map((word) => `"${word}"`).join(' ');

/** A server in front of a stdio server, or a framework, as it is started by its own documentation. */
function program(name, workload, path, start, options = {}) {
  return { name, start, job: { workload, options: { path, tools, ...options } } };
}

function npm(log, args) {
  return async () => {
    installPackages(log);
    return Program.start(args);
  };
}

function python(log, environment, makeArgs) {
  return async () => Program.start(makeArgs(installPython(environment, log)));
}

/** A LiteLLM proxy with this gateway behind it; its own REST face takes the calls, so each opens a session here. */
async function liteLlm(log) {
  const folder = installPython('litellm', log);
  const gateway = await NodeServer.start({ script: ownServer('gateway'), options: { tools } });
  const url = `http://127.0.0.1:${gateway.port}/fixture/sse`;
  const settings = {
    model_list: [],
    general_settings: { master_key: key },
    mcp_servers: { fixture: { url, transport: 'sse', auth_type: 'bearer_token', auth_value: key } },
  };
  const proxy = await Program.start({
    program: join(folder, 'litellm'),
    args: (port, own) => {
      const file = join(own, 'litellm.yaml');
      writeFileSync(file, JSON.stringify(settings));
      return ['--config', file, '--host', '127.0.0.1', '--port', String(port), '--telemetry', 'False'];
    },
    env: { LITELLM_MASTER_KEY: key, LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
    isUp: async (port) => (await fetch(`http://127.0.0.1:${port}/health/liveliness`)).ok,
  }).catch(async (error) => {
    await gateway.stop();
    throw error;
  });
  return {
    port: proxy.port,
    usage: () => proxy.usage(),
    stop: () => Promise.all([proxy.stop(), gateway.stop()]),
  };
}

/** Programs that people put in this gateway's place, each with the same trivial tools. */
export function others(log) {
  const superGateway = (more) => ({
    program: bin('supergateway'),
    args: (port) => {
      const fixed = ['--stdio', stdioCommand, '--outputTransport', 'streamableHttp', '--logLevel', 'none'];
      return [...fixed, '--port', String(port), ...more];
    },
  });
  const fastMcp = (stateless) => async () => {
    installPackages(log);
    return NodeServer.start({ script: contender('fastmcp'), options: { tools, stateless, port: await freePort() } });
  };
  return [
    program('supergateway, stateless', 'callTools', '/mcp', npm(log, superGateway([]))),
    program('supergateway, with sessions', 'callInSession', '/mcp', npm(log, superGateway(['--stateful']))),
    program(
      'mcp-proxy (npm)',
      'callInSession',
      '/mcp',
      npm(log, {
        program: bin('mcp-proxy'),
        args: (port) => ['--port', String(port), '--host', '127.0.0.1', '--server', 'stream', '--', ...stdio],
      }),
    ),
    program('FastMCP for TypeScript, stateless', 'callTools', '/mcp', fastMcp(true)),
    program('FastMCP for TypeScript, with sessions', 'callInSession', '/mcp', fastMcp(false)),
    program(
      'FastMCP for Python, stateless',
      'callTools',
      '/mcp',
      python(log, 'fastmcp', (folder) => ({
        program: join(folder, 'python'),
        args: (port) => [join(contendersFolder, 'python', 'fastmcp_server.py'), String(port), String(tools)],
      })),
    ),
    program(
      'mcp-proxy (Python), stateless',
      'callTools',
      '/mcp',
      python(log, 'mcp-proxy', (folder) => ({
        program: join(folder, 'mcp-proxy'),
        args: (port) => ['--port', String(port), '--host', '127.0.0.1', '--stateless', '--', ...stdio],
      })),
    ),
    program(
      'mcpo, REST',
      'callRest',
      '',
      python(log, 'mcpo', (folder) => ({
        program: join(folder, 'mcpo'),
        args: (port) => ['--host', '127.0.0.1', '--port', String(port), '--api-key', key, '--', ...stdio],
        isUp: async (port) => (await fetch(`http://127.0.0.1:${port}/openapi.json`)).ok,
      })),
    ),
    program('LiteLLM in front of this gateway, its REST face', 'callLiteLlm', '/mcp-rest/tools/call', () =>
      liteLlm(log),
    ),
  ];
}
