import { isBlock } from '../config/problems.ts';
import { GatewayError } from '../core/errors.ts';
import { pluginNamed } from './plugin-named.ts';
import { baseOf, type Target } from './target.ts';

const timeoutMs = 10_000;

export interface JsonAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** GETs a JSON object from the gateway. Follows no redirect; throws `unavailable` with what to do where nobody answers. */
export async function getJson(url: string, key: string | undefined): Promise<JsonAnswer> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, {
      headers: headersFor(key),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    body = await response.json();
  } catch (cause) {
    throw unreachable(url, cause);
  }
  if (response.status === 401) throw refusedKey(url, key);
  if (!isBlock(body) || (response.status >= 300 && response.status < 400)) throw notOurs(url);
  return { status: response.status, body };
}

export function headersFor(key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { Authorization: `Bearer ${key}` };
}

/** Why an address cannot be reached, in words that say what to do. */
export function unreachable(url: string, cause: unknown): GatewayError {
  const { origin } = new URL(url);
  if (cause instanceof SyntaxError) {
    return notOurs(url, cause);
  }
  const code = codeWithin(cause);
  const why =
    { ECONNREFUSED: 'nothing listens there', ENOTFOUND: 'there is no such host' }[code] ?? messageWithin(cause);
  return new GatewayError(
    'unavailable',
    `No gateway answers at ${origin} (${why}). Start one with: mcp-sse-gateway start, or name another with --url`,
    { cause },
  );
}

/** What answers at the address of a URL is something else. */
export function notOurs(url: string, cause?: unknown): GatewayError {
  return new GatewayError('upstream', `${new URL(url).origin} answers, but not as this gateway does`, { cause });
}

export function refusedKey(url: string, key: string | undefined): GatewayError {
  const what = key === undefined ? 'asks for a key, and there is none here' : 'does not know the key that is set here';
  return new GatewayError(
    'denied',
    `${new URL(url).origin} ${what}. Set MCP_GATEWAY_KEY to one of its keys, or to an access token if it takes those`,
  );
}

/** The names of the plugins that the target serves. */
export async function pluginsOf(target: Target): Promise<string[]> {
  const common = target.listeners.find(({ plugin }) => plugin === null);
  if (!common) return target.listeners.map(({ plugin }) => plugin ?? '');
  const { body } = await getJson(`${common.url}/`, target.key);
  if (!Array.isArray(body.plugins)) throw notOurs(common.url);
  return body.plugins.flatMap((plugin) => (isBlock(plugin) && typeof plugin.name === 'string' ? [plugin.name] : []));
}

/** The base of a plugin's endpoints, where the target has the plugin; throws `unknown_plugin` with the nearest one. */
export async function knownBaseOf(target: Target, plugin: string): Promise<string> {
  const base = baseOf(target, plugin);
  if (target.listeners.some((listener) => listener.plugin === plugin)) return base;
  const names = await pluginsOf(target);
  pluginNamed(
    plugin,
    names.map((name) => ({ name })),
  );
  return base;
}

function codeWithin(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const own = 'code' in error ? String(error.code) : '';
  return codeWithin(error.cause) || own;
}

function messageWithin(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? messageWithin(error.cause) : error.message;
}
