import type { Hono } from 'hono';
import type { Face } from '../core/face.ts';
import type { Runtime } from '../mcp/runtime.ts';
import type { HttpExchange } from './http-exchange.ts';
import type { KeepAlive } from './keep-alive.ts';
import type { SessionRegistry } from './session-registry.ts';

/** What Hono's handlers find in their environment. */
export interface TransportEnv {
  Bindings: { readonly http: HttpExchange };
}

export type TransportApp = Hono<TransportEnv>;

/** One endpoint that messages come to. It answers on Node's response, and returns Hono's word for that. */
export interface Route {
  /** GET answers HEAD too. */
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the mount, without a trailing slash. */
  readonly path: string;
  handle(http: HttpExchange): Promise<Response> | Response;
}

/** Where an endpoint is and what it serves: transports are ignorant of both. */
export interface Mount {
  /** The path before `/sse`, `/mcp` and the rest; empty at the root. */
  readonly path: string;
  /** The tools of the whole face. */
  readonly toolNames: readonly string[];
  /** The face that a request is about: one plugin, or the aggregate or a part of it as the query says. */
  faceOf(http: HttpExchange): Face;
}

/** What all transports of a gateway share. */
export interface Services {
  readonly runtime: Runtime;
  readonly sessions: SessionRegistry;
  readonly keepAlive: KeepAlive;
  readonly bodyBytes: number;
  /** Whether Streamable HTTP clients before 2026-07-28 get a session. */
  readonly sessionMode: 'auto' | 'always' | 'never';
  /** Milliseconds after which a Streamable HTTP session without streams and requests ends. */
  readonly sessionIdleMs: number;
  /** Milliseconds after which a waiting connection of a client that can poll is let go; 0: never. */
  readonly releaseAfterMs: number;
}
