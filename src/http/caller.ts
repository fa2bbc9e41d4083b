import type { IncomingMessage } from 'node:http';
import { anonymous, type Principal } from '../core/principal.ts';
import type { GatewayResponse } from '../transports/gateway-response.ts';
import { Denial } from './denial.ts';
import { challenge, metadataUrl } from './jwt/challenge.ts';
import { TokenGuard } from './jwt/token-guard.ts';
import { type KeyGuard, readCredential } from './key-guard.ts';
import type { PublicPath } from './public-path.ts';
import { refuse } from './refuse.ts';
import type { RequestFacts } from './request-facts.ts';
import type { RouteTable } from './route-table.ts';

export interface CallerGuards {
  readonly keys: KeyGuard;
  /** Undefined where no access tokens are taken. */
  readonly tokens: TokenGuard | undefined;
  readonly publicPath: PublicPath;
}

/** The caller, or why there is none that may pass. Only a token that was not seen before takes a promise. */
export function identify(
  facts: RequestFacts,
  incoming: IncomingMessage,
  path: string,
  { keys, tokens, publicPath }: CallerGuards,
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

/** Answers a caller that may not pass, with where to get what would open. */
export function deny(
  denial: Denial,
  incoming: IncomingMessage,
  outgoing: GatewayResponse,
  path: string,
  { tokens, publicPath }: CallerGuards,
  routes: RouteTable,
): void {
  if (denial.status === 503) outgoing.setHeader('Retry-After', 30);
  else if (tokens) {
    const isKnown = /^[\w./~%-]*$/.test(path) && routes.methodsOf(path).length > 0;
    const url = metadataUrl(publicPath.baseFor(incoming), isKnown ? path : '');
    outgoing.setHeader('WWW-Authenticate', challenge(denial, url, tokens.settings.scopes));
  } else outgoing.setHeader('WWW-Authenticate', 'Bearer realm="mcp-sse-gateway"');
  refuse(outgoing, denial.status, denial.message);
}
