import { Hono } from 'hono';
import { sendJson } from '../../transports/respond.ts';
import type { TransportApp, TransportEnv } from '../../transports/services.ts';
import type { PublicPath } from '../public-path.ts';
import { refuse } from '../refuse.ts';
import type { RouteTable } from '../route-table.ts';
import { metadataPath } from './challenge.ts';
import type { TokenSettings } from './settings.ts';

/**
 * Protected resource metadata (RFC 9728) of the gateway and of every path that it serves. The resource's path stands behind
 * the well-known segments, with the public prefix or without, since a proxy may strip it there or not.
 */
export function resourceMetadata(
  { authorizationServers, scopes }: TokenSettings,
  publicPath: PublicPath,
  routes: RouteTable,
): TransportApp {
  return new Hono<TransportEnv>({ strict: false }).get(`${metadataPath}/*`, ({ env: { http } }) => {
    const { outgoing, incoming } = http;
    const prefix = http.publicPrefix;
    const asked = http.path.slice(metadataPath.length);
    const path =
      prefix !== '' && (asked === prefix || asked.startsWith(`${prefix}/`)) ? asked.slice(prefix.length) : asked;
    if (path !== '' && (path.startsWith('/.well-known/') || routes.methodsOf(path).length === 0))
      return refuse(
        outgoing,
        404,
        'There is nothing at the path behind the well-known segments. GET / lists the endpoints.',
      );
    const metadata = {
      resource: `${publicPath.baseFor(incoming)}${path}`,
      authorization_servers: authorizationServers,
      ...(scopes.length > 0 ? { scopes_supported: scopes } : {}),
      bearer_methods_supported: ['header'],
      resource_name: 'mcp-sse-gateway',
    };
    return sendJson(outgoing, 200, JSON.stringify(metadata));
  });
}
