import type { Call } from '../core/call.ts';
import type { Face } from '../core/face.ts';
import type { MessageLevel } from '../core/log.ts';
import type { Params } from './envelope.ts';
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

/** Closes a result: 2026-07-28 requires `resultType` and asks for the server's identity in every one. */
export function completeResult(exchange: Exchange, members: string): string {
  if (!isModernVersion(exchange.version)) return `{${members}}`;
  return `{"resultType":"complete",${members}${members === '' ? '' : ','}"_meta":${serverMeta(exchange)}}`;
}

/** Closes a result that clients may keep (2026-07-28, caching). */
export function cacheableResult(
  exchange: Exchange,
  members: string,
  ttlMs: number,
  scope: 'public' | 'private',
): string {
  if (!isModernVersion(exchange.version)) return `{${members}}`;
  return completeResult(exchange, `${members},"ttlMs":${ttlMs},"cacheScope":"${scope}"`);
}

type Server = Pick<Exchange, 'face' | 'runtime'>;

export function serverInfo({ face, runtime }: Server): Params {
  return {
    name: face.name,
    title: face.title,
    version: runtime.version,
    ...(face.icons.length > 0 ? { icons: face.icons } : {}),
  };
}

/** The server's name in a modern `_meta`. */
export function serverIdentity(server: Server): Params {
  return { 'io.modelcontextprotocol/serverInfo': serverInfo(server) };
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
