import { Hono } from 'hono';
import type { RunningPlugin } from '../core/running-plugin.ts';
import { supportedVersions } from '../mcp/versions.ts';
import { sendJson } from '../transports/respond.ts';
import type { TransportApp, TransportEnv } from '../transports/services.ts';
import { metadataPath } from './jwt/challenge.ts';

/** `GET /`: what runs here and where, for people and programs alike. */
export function gatewayIndex(
  plugins: readonly RunningPlugin[],
  version: string,
  pathFor: (plugin: string) => string,
  takesTokens: boolean,
): TransportApp {
  return new Hono<TransportEnv>({ strict: false }).get('/', ({ env: { http } }) => {
    const prefix = http.publicPrefix;
    const body = {
      name: 'mcp-sse-gateway',
      version,
      protocol_versions: supportedVersions,
      plugins: plugins.map(({ plugin, tools }) => ({
        name: plugin.name,
        title: plugin.title,
        description: plugin.description,
        tools_count: tools.length,
        endpoints: endpointPaths(`${prefix}${pathFor(plugin.name)}`),
      })),
      ...(plugins.some(({ plugin }) => pathFor(plugin.name) !== '') ? { aggregate: endpointPaths(prefix) } : {}),
      health: `${prefix}/health`,
      ready: `${prefix}/ready`,
      metrics: `${prefix}/metrics`,
      ...(takesTokens ? { oauth_protected_resource: `${prefix}${metadataPath}` } : {}),
    };
    return sendJson(http.outgoing, 200, JSON.stringify(body));
  });
}

function endpointPaths(base: string): object {
  return {
    sse: `${base}/sse`,
    streamable_http: `${base}/mcp`,
    rpc: `${base}/rpc`,
    tools: `${base}/tools`,
    openapi: `${base}/openapi.json`,
    health: `${base}/health`,
  };
}
