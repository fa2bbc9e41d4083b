import type { Call } from '../core/call.ts';
import type { Face } from '../core/face.ts';
import type { MessageLevel } from '../core/log.ts';
import type { Params } from './envelope.ts';
import { metaKey } from './meta.ts';
import type { Runtime } from './runtime.ts';
import { isModernVersion, type ProtocolVersion } from './versions.ts';

/** What a connection that outlives its requests can be told. */
export interface SessionPort {
  initialize(version: ProtocolVersion, params: Params): void;
  setLogLevel(level: MessageLevel): void;
  subscribe(uri: string): void;
  unsubscribe(uri: string): void;
}

/** One request as a method sees it: what it is about, who makes it, and in which revision. */
export interface Exchange {
  readonly face: Face;
  readonly runtime: Runtime;
  readonly call: Call;
  readonly version: ProtocolVersion;
  /** Absent where nothing outlives the request. */
  readonly session: SessionPort | undefined;
}

/**
 * Closes a result: 2026-07-28 requires `resultType` and asks for the server's identity in every one, which is its name
 * alone where no `meta` is given.
 */
export function completeResult(exchange: Exchange, members: string, meta?: string): string {
  if (!isModernVersion(exchange.version)) return `{${members}}`;
  return `{"resultType":"complete",${members}${members === '' ? '' : ','}"_meta":${meta ?? serverMeta(exchange)}}`;
}

/** Closes a result that clients may keep (2026-07-28, caching). */
export function cacheableResult(
  exchange: Exchange,
  members: string,
  ttlMs: number,
  scope: 'public' | 'private',
  meta?: string,
): string {
  if (!isModernVersion(exchange.version)) return `{${members}}`;
  return completeResult(exchange, `${members},"ttlMs":${ttlMs},"cacheScope":"${scope}"`, meta);
}

/** The server's name and version, as every result carries them. */
function serverName({ face, runtime }: Pick<Exchange, 'face' | 'runtime'>): Params {
  return { name: face.name, title: face.title, version: runtime.version };
}

/** All that is told of the server, once a client. */
export function serverInfo(exchange: Exchange): Params {
  const { icons } = exchange.face;
  return { ...serverName(exchange), ...(icons.length > 0 ? { icons } : {}) };
}

/** The server's identity in a modern `_meta`. */
export function serverIdentity(server: Pick<Exchange, 'face' | 'runtime'>): Params {
  return { [metaKey.serverInfo]: serverName(server) };
}

const serverMetas = new WeakMap<object, string>();

/** The `_meta` of every modern result, made once a face. */
export function serverMeta(exchange: Exchange): string {
  let meta = serverMetas.get(exchange.face);
  if (meta === undefined) {
    meta = JSON.stringify(serverIdentity(exchange));
    serverMetas.set(exchange.face, meta);
  }
  return meta;
}
