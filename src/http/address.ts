import type { IncomingMessage } from 'node:http';
import type { GatewayResponse } from '../transports/gateway-response.ts';
import type { HostGuard } from './host-guard.ts';
import { refuse } from './refuse.ts';
import type { RequestFacts } from './request-facts.ts';

const preflightHeaders = {
  'Access-Control-Allow-Methods': 'GET, POST, DELETE, OPTIONS',
  'Access-Control-Max-Age': '600',
};
const exposedHeaders =
  'Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Request-Id';

/** Answers a request whose Host, target or Origin may not pass, and tells so; sets what pages of an allowed Origin may read. */
export function refuseAddress(
  facts: RequestFacts,
  incoming: IncomingMessage,
  outgoing: GatewayResponse,
  hosts: HostGuard,
  isForAnyOrigin: boolean,
): boolean {
  const host = facts.host[0];
  if (host === undefined || host === '' || facts.host.length > 1)
    return refused(outgoing, 400, 'Exactly one Host header is required.');
  if (!hosts.allowsHost(host)) {
    return refused(outgoing, 403, 'This Host is not allowed. Use a loopback name, or add it to server.allowedHosts.');
  }
  const target = incoming.url ?? '/';
  if (!target.startsWith('/') && target !== '*') {
    const authority = /^https?:\/\/([^/?#]+)/i.exec(target)?.[1];
    if (authority === undefined) return refused(outgoing, 400, 'The request target must be a path.');
    if (!hosts.allowsHost(authority)) return refused(outgoing, 403, 'The host of the request target is not allowed.');
  }
  if (isForAnyOrigin) {
    outgoing.setHeader('Access-Control-Allow-Origin', '*');
    return false;
  }
  const origin = facts.origin[0];
  if (origin === undefined) return false;
  if (facts.origin.length > 1 || !hosts.allowsOrigin(origin)) {
    return refused(
      outgoing,
      403,
      'This Origin is not allowed. Add it to server.allowedOrigins if this page may call the gateway.',
    );
  }
  outgoing.setHeader('Access-Control-Allow-Origin', origin);
  outgoing.setHeader('Access-Control-Expose-Headers', exposedHeaders);
  outgoing.setHeader('Vary', 'Origin');
  return false;
}

/** 204 with what may be sent; the headers asked for are granted by name, since `Mcp-Param-*` is open-ended. */
export function answerPreflight(incoming: IncomingMessage, outgoing: GatewayResponse): void {
  const asked = incoming.headers['access-control-request-headers'] ?? '';
  const granted = asked
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^[a-z0-9-]{1,100}$/.test(name));
  outgoing.setHeader('Allow', preflightHeaders['Access-Control-Allow-Methods']);
  if (granted.length > 0) outgoing.setHeader('Access-Control-Allow-Headers', granted.join(', '));
  for (const [name, value] of Object.entries(preflightHeaders)) outgoing.setHeader(name, value);
  refuse(outgoing, 204, '');
}

function refused(outgoing: GatewayResponse, status: number, message: string): true {
  refuse(outgoing, status, message);
  return true;
}
