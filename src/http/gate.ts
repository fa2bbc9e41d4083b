import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { MiddlewareHandler } from 'hono';
import type { Metrics } from '../core/metrics.ts';
import { anonymous, type Principal } from '../core/principal.ts';
import type { TransportEnv } from '../transports/services.ts';
import { Denial } from './denial.ts';
import type { HostGuard } from './host-guard.ts';
import { challenge, metadataPath, metadataUrl } from './jwt/challenge.ts';
import { TokenGuard } from './jwt/token-guard.ts';
import { type KeyGuard, readCredential } from './key-guard.ts';
import type { PublicPath } from './public-path.ts';
import type { Allowance, RateLimit } from './rate-limit.ts';
import { refuse } from './refuse.ts';
import { maxHeaders, type RequestFacts, readFacts } from './request-facts.ts';
import { newRequestId } from './request-id.ts';
import type { RouteTable } from './route-table.ts';

export interface GateOptions {
  readonly hosts: HostGuard;
  readonly keys: KeyGuard;
  /** Undefined where no access tokens are taken. */
  readonly tokens: TokenGuard | undefined;
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
 * The guards of every route, in one step: request id, header count, Host, Origin, preflight, key or token. What passes has
 * its principal and public prefix beside it.
 */
export function gate(options: GateOptions, routes: RouteTable): MiddlewareHandler<TransportEnv> {
  const { hosts, tokens, publicPath, rate, metrics } = options;
  return async (c, next) => {
    const { incoming, outgoing } = c.env;
    const requestId = newRequestId();
    outgoing.setHeader('X-Request-Id', requestId);
    const facts = readFacts(incoming);
    if (facts.count > maxHeaders) {
      metrics.countRefusal('headers');
      return refuse(outgoing, 431, `More than ${maxHeaders} headers.`);
    }
    const isForAnyOrigin = tokens !== undefined && c.req.path.startsWith(metadataPath);
    const refused = refuseAddress(facts, incoming, outgoing, hosts, isForAnyOrigin);
    if (refused) {
      metrics.countRefusal('address');
      return refused;
    }
    if (incoming.method === 'OPTIONS') return answerPreflight(incoming, outgoing);
    const identified = identify(facts, incoming, c.req.path, options);
    const caller = identified instanceof Promise ? await identified : identified;
    // Whoever went away meanwhile has had its close event: nothing that waits for one may begin.
    if (identified instanceof Promise && outgoing.destroyed) return RESPONSE_ALREADY_SENT;
    if (caller instanceof Denial && !open.test(c.req.path)) return deny(caller, c.env, c.req.path, options, routes);
    const principal = caller instanceof Denial ? undefined : caller;
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
  return principal && principal.kind !== 'anonymous' ? principal.id : (socket.remoteAddress ?? 'unknown');
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
  isForAnyOrigin: boolean,
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
  if (isForAnyOrigin) {
    outgoing.setHeader('Access-Control-Allow-Origin', '*');
    return undefined;
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

/** The caller, or why there is none that may pass. Only a token that was not seen before takes a promise. */
function identify(
  facts: RequestFacts,
  incoming: IncomingMessage,
  path: string,
  { keys, tokens, publicPath }: GateOptions,
): Principal | Denial | Promise<Principal | Denial> {
  if (keys.isOpen && !tokens) return anonymous;
  const credential = readCredential(facts.authorization, facts.apiKey);
  if (credential.is === 'none') return keys.isOpen ? noToken : noKey;
  if (credential.is === 'ambiguous') return ambiguousCredential;
  const principal = keys.find(credential.key);
  if (principal) return principal;
  if (!tokens || !credential.isBearer || !TokenGuard.looksLike(credential.key)) return unknownKey;
  return tokens.identify(credential.key, { base: publicPath.baseFor(incoming), path });
}

const noToken = new Denial(401, 'An access token is required, as "Authorization: Bearer <token>" (never in the URL).');
const noKey = new Denial(
  401,
  'A key is required, as "Authorization: Bearer <key>" or "X-API-Key: <key>" (never in the URL).',
);
const ambiguousCredential = new Denial(
  401,
  'The request carries credentials that cannot be told apart; send one key, once, as Bearer or X-API-Key.',
  'invalid_request',
);
const unknownKey = new Denial(401, 'This key is not known here.', 'invalid_token');

function deny(
  denial: Denial,
  { incoming, outgoing }: HttpBindings,
  path: string,
  { tokens, publicPath, rate, metrics }: GateOptions,
  routes: RouteTable,
): Response {
  metrics.countRefusal('key');
  // Guesses of keys are counted by address, so that they cannot go on for ever.
  if (rate && !tellAllowance(outgoing, rate.take(callerOf(undefined, incoming))).allowed)
    return refuse(outgoing, 429, 'Too many requests without a valid key; try again later.');
  if (denial.status === 503) outgoing.setHeader('Retry-After', 30);
  else if (tokens) {
    const isKnown = /^[\w./~%-]*$/.test(path) && routes.methodsOf(path).length > 0;
    const url = metadataUrl(publicPath.baseFor(incoming), isKnown ? path : '');
    outgoing.setHeader('WWW-Authenticate', challenge(denial, url, tokens.settings.scopes));
  } else outgoing.setHeader('WWW-Authenticate', 'Bearer realm="mcp-sse-gateway"');
  return refuse(outgoing, denial.status, denial.message);
}
