import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import type { Metrics } from '../core/metrics.ts';
import { anonymous, type Principal } from '../core/principal.ts';
import type { TransportEnv } from '../transports/services.ts';
import type { HostGuard } from './host-guard.ts';
import { type KeyGuard, readCredential } from './key-guard.ts';
import type { PublicPath } from './public-path.ts';
import type { Allowance, RateLimit } from './rate-limit.ts';
import { refuse } from './refuse.ts';
import { maxHeaders, type RequestFacts, readFacts } from './request-facts.ts';
import { newRequestId } from './request-id.ts';

export interface GateOptions {
  readonly hosts: HostGuard;
  readonly keys: KeyGuard;
  readonly publicPath: PublicPath;
  /** Undefined where requests are not limited. */
  readonly rate: RateLimit | undefined;
  readonly metrics: Metrics;
}

/** Paths that answer without a key: liveness says only a status, and a 401 on a well-known path breaks clients that probe. */
const open = /^\/(?:[a-z][a-z0-9-]*\/)?health\/?$|\/\.well-known\/|^\/register\/?$/;

const messagePath = /\/messages?$/;

const preflightHeaders = {
  'Access-Control-Allow-Methods': 'GET, POST, DELETE, OPTIONS',
  'Access-Control-Max-Age': '600',
};
const exposedHeaders =
  'Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Request-Id';

/**
 * The guards of every route, in one step: request id, header count, Host, Origin, preflight, key. What passes has its
 * principal and public prefix beside it.
 */
export function gate({ hosts, keys, publicPath, rate, metrics }: GateOptions): MiddlewareHandler<TransportEnv> {
  return async (c, next) => {
    const { incoming, outgoing } = c.env;
    const requestId = newRequestId();
    outgoing.setHeader('X-Request-Id', requestId);
    const facts = readFacts(incoming);
    if (facts.count > maxHeaders) {
      metrics.countRefusal('headers');
      return refuse(outgoing, 431, `More than ${maxHeaders} headers.`);
    }
    const refused = refuseAddress(facts, incoming, outgoing, hosts);
    if (refused) {
      metrics.countRefusal('address');
      return refused;
    }
    if (incoming.method === 'OPTIONS') return answerPreflight(incoming, outgoing);
    const principal = identify(facts, keys, open.test(c.req.path));
    if (typeof principal === 'string') {
      metrics.countRefusal('key');
      // Guesses of keys are counted by address, so that they cannot go on for ever.
      if (rate && !tellAllowance(outgoing, rate.take(callerOf(undefined, incoming))).allowed) {
        return refuse(outgoing, 429, 'Too many requests without a valid key; try again later.');
      }
      outgoing.setHeader('WWW-Authenticate', 'Bearer realm="mcp-sse-gateway"');
      return refuse(outgoing, 401, principal);
    }
    if (rate) {
      const { allowed, retryAfter } = tellAllowance(outgoing, rate.take(callerOf(principal, incoming)));
      // A refused POST would end the writer of a Python client for good: its session answers on the stream instead.
      if (!allowed) metrics.countRefusal('rate');
      if (!allowed && !messagePath.test(c.req.path)) {
        return refuse(outgoing, 429, `Too many requests (limits.rate); try again in ${retryAfter} s.`);
      }
      c.set('retryAfter', retryAfter);
    }
    c.set('requestId', requestId);
    c.set('principal', principal ?? anonymous);
    c.set('mayReadDetail', principal !== undefined);
    c.set('publicPrefix', publicPath.prefixFor(incoming));
    return next();
  };
}

/** A key is one caller wherever it comes from; without keys, an address is. Forwarding headers are not believed. */
function callerOf(principal: Principal | undefined, { socket }: IncomingMessage): string {
  return principal?.kind === 'key' ? principal.id : (socket.remoteAddress ?? 'unknown');
}

function tellAllowance(outgoing: ServerResponse, allowance: Allowance): Allowance {
  outgoing.setHeader('RateLimit-Limit', allowance.limit);
  outgoing.setHeader('RateLimit-Remaining', allowance.remaining);
  outgoing.setHeader('RateLimit-Reset', allowance.reset);
  if (!allowance.allowed) outgoing.setHeader('Retry-After', allowance.retryAfter);
  return allowance;
}

function refuseAddress(
  facts: RequestFacts,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  hosts: HostGuard,
): Response | undefined {
  const [host, ...otherHosts] = facts.host;
  if (host === undefined || host === '' || otherHosts.length > 0)
    return refuse(outgoing, 400, 'Exactly one Host header is required.');
  if (!hosts.allowsHost(host)) {
    return refuse(outgoing, 403, 'This Host is not allowed. Use a loopback name, or add it to server.allowedHosts.');
  }
  const target = incoming.url ?? '/';
  if (!target.startsWith('/') && target !== '*') {
    const authority = /^https?:\/\/([^/?#]+)/i.exec(target)?.[1];
    if (authority === undefined) return refuse(outgoing, 400, 'The request target must be a path.');
    if (!hosts.allowsHost(authority)) return refuse(outgoing, 403, 'The host of the request target is not allowed.');
  }
  const [origin, ...otherOrigins] = facts.origin;
  if (origin === undefined) return undefined;
  if (otherOrigins.length > 0 || !hosts.allowsOrigin(origin)) {
    return refuse(
      outgoing,
      403,
      'This Origin is not allowed. Add it to server.allowedOrigins if this page may call the gateway.',
    );
  }
  outgoing.setHeader('Access-Control-Allow-Origin', origin);
  outgoing.setHeader('Access-Control-Expose-Headers', exposedHeaders);
  outgoing.setHeader('Vary', 'Origin');
  return undefined;
}

/** 204 with what may be sent; the headers asked for are granted by name, since `Mcp-Param-*` is open-ended. */
function answerPreflight(incoming: IncomingMessage, outgoing: ServerResponse): Response {
  const asked = incoming.headers['access-control-request-headers'] ?? '';
  const granted = asked
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^[a-z0-9-]{1,100}$/.test(name));
  outgoing.setHeader('Allow', preflightHeaders['Access-Control-Allow-Methods']);
  if (granted.length > 0) outgoing.setHeader('Access-Control-Allow-Headers', granted.join(', '));
  for (const [name, value] of Object.entries(preflightHeaders)) outgoing.setHeader(name, value);
  return refuse(outgoing, 204, '');
}

/** The principal; undefined for a caller without a key on an open path; a text that says why the caller may not pass. */
function identify(facts: RequestFacts, keys: KeyGuard, isOpenPath: boolean): Principal | string | undefined {
  if (keys.isOpen) return anonymous;
  const credential = readCredential(facts.authorization, facts.apiKey);
  if (credential.is === 'key') {
    const principal = keys.find(credential.key);
    if (principal) return principal;
  }
  if (isOpenPath) return undefined;
  if (credential.is === 'none')
    return 'A key is required, as "Authorization: Bearer <key>" or "X-API-Key: <key>" (never in the URL).';
  if (credential.is === 'ambiguous')
    return 'The request carries credentials that cannot be told apart; send one key, once, as Bearer or X-API-Key.';
  return 'This key is not known here.';
}
