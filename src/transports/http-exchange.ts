import type { IncomingMessage } from 'node:http';
import type { Principal } from '../core/principal.ts';
import type { GatewayResponse } from './gateway-response.ts';

/** What counts the requests of one caller. */
interface RateMeter {
  take(count: number): { readonly allowed: boolean; readonly retryAfter: number };
}

/** What the guards found out about a request. */
export interface Admission {
  /** The path to route by, without query and trailing slash, and without a public prefix that a proxy left on it. */
  readonly path: string;
  readonly principal: Principal;
  /** Whether reasons and checks may be told: to a caller with a key, or where the gateway runs without keys. */
  readonly mayReadDetail: boolean;
  /** Seconds that the caller must wait, where it has made too many requests and is answered on its stream; else 0. */
  readonly retryAfter: number;
  /** What the request was counted by; undefined where requests are not limited. */
  readonly counted: RateMeter | undefined;
  /** The public path prefix: from `server.publicUrl`, or from a trusted proxy; empty by default. */
  readonly publicPrefix: string;
}

const noQuery = new URLSearchParams();

/**
 * A request that passed the guards, with its response. Transports write on Node's own response, so that a slow reader is
 * seen and a stream costs little.
 */
export class HttpExchange implements Admission {
  readonly incoming: IncomingMessage;
  readonly outgoing: GatewayResponse;
  readonly path: string;
  readonly principal: Principal;
  readonly mayReadDetail: boolean;
  readonly retryAfter: number;
  readonly counted: Admission['counted'];
  readonly publicPrefix: string;
  #query: URLSearchParams | undefined;

  constructor(incoming: IncomingMessage, outgoing: GatewayResponse, admission: Admission) {
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.path = admission.path;
    this.principal = admission.principal;
    this.mayReadDetail = admission.mayReadDetail;
    this.retryAfter = admission.retryAfter;
    this.counted = admission.counted;
    this.publicPrefix = admission.publicPrefix;
  }

  /** Whether the connection is closed: nobody waits for an answer any more. The response itself hears of it later. */
  get hasGone(): boolean {
    return this.incoming.socket.destroyed;
  }

  get requestId(): string {
    return this.outgoing.requestId;
  }

  /** Counts further requests that this one brought, as a batch does. Seconds to wait where they are too many, else 0. */
  charge(count: number): number {
    if (!this.counted || count <= 0) return 0;
    const { allowed, retryAfter } = this.counted.take(count);
    return allowed ? 0 : retryAfter;
  }

  /** The query, parsed on first use: most requests have none. */
  get query(): URLSearchParams {
    if (!this.#query) {
      const { url = '' } = this.incoming;
      const start = url.indexOf('?');
      this.#query = start === -1 ? noQuery : new URLSearchParams(url.slice(start + 1));
    }
    return this.#query;
  }

  /** A request header by its lower-case name; the first line of one that came in several and is no list. */
  header(name: string): string | undefined {
    const value = this.incoming.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }
}
