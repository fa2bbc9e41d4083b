import { installPackages } from '../harness/install.mjs';
import { NodeServer } from '../harness/node-server.mjs';
import { contender } from '../harness/places.mjs';

/** The official SDKs, each way that servers are made of them, with 10 and 60 tools. */
export function officialSdks(baseline) {
  const sdk1 = (name, kind, tools, workload = 'callTools') => ({
    name: `${name}, ${tools} tools`,
    baseline,
    start: () => NodeServer.start({ script: contender('sdk-1'), options: { kind, tools } }),
    job: { workload, options: { path: '/mcp', tools } },
  });
  const sdk2 = (name, tools, workload) => ({
    name: `${name}, ${tools} tools`,
    baseline,
    start: () => NodeServer.start({ script: contender('sdk-2'), options: { tools } }),
    job: { workload, options: { path: '/mcp', tools } },
  });
  return [10, 60].flatMap((tools) => [
    sdk1('SDK 1 one long-lived Server', 'shared', tools),
    sdk1('SDK 1 Server per request', 'server', tools),
    sdk1('SDK 1 McpServer per request', 'mcp-server', tools),
    sdk2('SDK 2 createMcpHandler 2026-07-28', tools, 'callModern'),
    sdk2('SDK 2 createMcpHandler 2025-11-25', tools, 'callTools'),
  ]);
}

/** The same contenders; where their packages cannot be installed, ones that fail to start with the reason. */
export async function needsContenders(contenders, log) {
  try {
    installPackages(log);
    return contenders;
  } catch (error) {
    return contenders.map((entry) => ({ ...entry, start: () => Promise.reject(error) }));
  }
}
