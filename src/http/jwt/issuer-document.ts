import { GatewayError } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import { isSecureUrl } from '../../core/secure-url.ts';
import type { TokenSettings } from './settings.ts';

type KeySource = Pick<TokenSettings, 'issuer' | 'jwksUrl'>;
type Json = Readonly<Record<string, unknown>>;

/** What is read of an issuer's answer at most: its documents have a few kilobytes. */
const maxBytes = 512 * 1024;
/** For all requests that finding an issuer's keys takes. */
const patienceMs = 8000;

/** A set of public keys, as RFC 7517 writes it, and where it was. */
export interface IssuerKeySet {
  readonly url: string;
  readonly keys: readonly Json[];
}

/**
 * Fetches the keys of an issuer, from `jwksUrl` or from where its metadata says. Throws `upstream` that says which URL
 * failed and how.
 */
export async function fetchKeySet({ issuer, jwksUrl }: KeySource): Promise<IssuerKeySet> {
  const signal = AbortSignal.timeout(patienceMs);
  const url = jwksUrl ?? (await discoverKeyUrl(issuer, signal));
  const { keys } = await fetchJson(url, signal);
  if (!Array.isArray(keys) || !keys.every(isObject)) throw new GatewayError('upstream', `${url} is not a set of keys`);
  return { url, keys };
}

/** The places of an issuer's metadata, in MCP's order (2026-07-28, authorization server discovery). */
function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/+$/, '');
  const inserted = ['oauth-authorization-server', 'openid-configuration'].map(
    (name) => `${origin}/.well-known/${name}${path}`,
  );
  return path === '' ? inserted : [...inserted, `${origin}${path}/.well-known/openid-configuration`];
}

async function discoverKeyUrl(issuer: string, signal: AbortSignal): Promise<string> {
  const faults: string[] = [];
  for (const url of metadataUrls(issuer)) {
    try {
      const metadata = await fetchJson(url, signal);
      if (metadata.issuer !== issuer)
        faults.push(
          `${url} is of the issuer ${shown(metadata.issuer)}; set auth.jwt.issuer to exactly that if you mean it`,
        );
      else if (typeof metadata.jwks_uri !== 'string' || !isSecureUrl(metadata.jwks_uri))
        faults.push(`${url} names no jwks_uri, or one that is not https; set auth.jwt.jwksUrl`);
      else return metadata.jwks_uri;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      faults.push(error.message);
    }
  }
  throw new GatewayError('upstream', faults.join('; '));
}

async function fetchJson(url: string, signal: AbortSignal): Promise<Json> {
  try {
    const response = await fetch(url, { headers: { Accept: 'application/json' }, redirect: 'manual', signal });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new GatewayError('upstream', `${url} answers with ${response.status}`);
    }
    const body: unknown = JSON.parse(await boundedText(response, url));
    if (isObject(body)) return body;
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    if (!(cause instanceof SyntaxError)) throw new GatewayError('upstream', `${url}: ${reasonOf(cause)}`, { cause });
  }
  throw new GatewayError('upstream', `${url} does not answer with a JSON object`);
}

async function boundedText(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new GatewayError('upstream', `${url} answers with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What fetch hides in its cause, such as ECONNREFUSED. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${patienceMs / 1000} s`;
  return error.cause instanceof Error ? error.cause.message || String(Object(error.cause).code) : error.message;
}

/** Text of others, fit for a log line. */
function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 200)) : 'without a name';
}
