import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import type { Face } from '../core/face.ts';
import type { Principal } from '../core/principal.ts';
import type { Runtime } from '../mcp/runtime.ts';
import type { KeepAlive } from './keep-alive.ts';
import type { SessionRegistry } from './session-registry.ts';

/** What the gateway's middleware puts beside each request. */
interface RequestVariables {
  readonly principal: Principal;
  readonly requestId: string;
  /** Whether reasons and checks may be told: to a caller with a key, or where the gateway runs without keys. */
  readonly mayReadDetail: boolean;
  /** Seconds that the caller must wait, where it has made too many requests and is answered on its stream; else 0 or absent. */
  readonly retryAfter?: number;
  /** The public path prefix: from `server.publicUrl`, or from a trusted proxy; empty by default. */
  readonly publicPrefix: string;
}

/** Transports write on Node's own response, so that a slow reader is seen and a stream costs little. */
export interface TransportEnv {
  Bindings: HttpBindings;
  Variables: RequestVariables;
}

export type TransportApp = Hono<TransportEnv>;

/** Where an endpoint is and what it serves: transports are ignorant of both. */
export interface Mount {
  /** The path before `/sse`, `/mcp` and the rest; empty at the root. */
  readonly path: string;
  /** The face that a request is about: one plugin, or the aggregate or a part of it as the query says. */
  faceOf(c: Context<TransportEnv>): Face;
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
