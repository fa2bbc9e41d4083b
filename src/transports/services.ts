import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Principal } from '../core/principal.ts';
import type { Runtime } from '../mcp/runtime.ts';
import type { KeepAlive } from './keep-alive.ts';
import type { SessionRegistry } from './session-registry.ts';

/** What the gateway's middleware puts beside each request. */
export interface RequestVariables {
  readonly principal: Principal;
  readonly requestId: string;
  /** The public path prefix: from `server.publicUrl`, or from a trusted proxy; empty by default. */
  readonly publicPrefix: string;
}

/** Transports write on Node's own response, so that a slow reader is seen and a stream costs little. */
export interface TransportEnv {
  Bindings: HttpBindings;
  Variables: RequestVariables;
}

export type TransportApp = Hono<TransportEnv>;

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
}
