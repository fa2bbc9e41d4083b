import type { IncomingMessage } from 'node:http';
import type { Metrics } from '../core/metrics.ts';
import { anonymous, type Principal } from '../core/principal.ts';
import type { GatewayResponse } from '../transports/gateway-response.ts';
import { HttpExchange } from '../transports/http-exchange.ts';
import { answerPreflight, refuseAddress } from './address.ts';
import { type CallerGuards, deny, identify } from './caller.ts';
import { Denial } from './denial.ts';
import type { HostGuard } from './host-guard.ts';
import { metadataPath } from './jwt/challenge.ts';
import type { Allowance, RateLimit } from './rate-limit.ts';
import { refuse } from './refuse.ts';
import { maxHeaders, readFacts } from './request-facts.ts';
import type { RouteTable } from './route-table.ts';
import { targetPath } from './target-path.ts';

export interface GateOptions extends CallerGuards {
  readonly hosts: HostGuard;
  /** Undefined where requests are not limited. */
  readonly rate: RateLimit | undefined;
  readonly metrics: Metrics;
}

/** Paths that answer without a key: liveness says only a status, and a 401 on a well-known path breaks clients that probe. */
const open = /^\/(?:[a-z][a-z0-9-]*\/)?health$|\/\.well-known(?:\/|$)|^\/register$/;

/** Where the messages of HTTP+SSE sessions come to. */
const messagePath = /^(?:\/[a-z][a-z0-9-]*)?\/messages?$/;

/**
 * The guards of every route, in one step: request id, header count, Host, Origin, preflight, key or token, rate. What they
 * turn away they answer.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #routes: RouteTable;

  constructor(options: GateOptions, routes: RouteTable) {
    this.#options = options;
    this.#routes = routes;
  }

  /** The request with what is known of it; undefined where it was turned away. Only a new access token takes a promise. */
  admit(
    incoming: IncomingMessage,
    outgoing: GatewayResponse,
  ): Promise<HttpExchange | undefined> | HttpExchange | undefined {
    const { hosts, tokens, publicPath, metrics } = this.#options;
    const facts = readFacts(incoming);
    if (facts.count > maxHeaders) {
      metrics.countRefusal('headers');
      refuse(outgoing, 431, `More than ${maxHeaders} headers.`);
      return undefined;
    }
    // The one path that guards and routes both go by: two readings of a target would be a way around a guard.
    const path = publicPath.route(targetPath(incoming.url));
    const isForAnyOrigin = tokens !== undefined && path.startsWith(metadataPath);
    if (refuseAddress(facts, incoming, outgoing, hosts, isForAnyOrigin)) {
      metrics.countRefusal('address');
      return undefined;
    }
    if (incoming.method === 'OPTIONS') {
      answerPreflight(incoming, outgoing);
      return undefined;
    }
    const caller = identify(facts, incoming, path, this.#options);
    if (!(caller instanceof Promise)) return this.#pass(incoming, outgoing, path, caller);
    return caller.then((known) =>
      // Whoever went away meanwhile has had its close event: nothing that waits for one may begin.
      outgoing.destroyed ? undefined : this.#pass(incoming, outgoing, path, known),
    );
  }

  #pass(
    incoming: IncomingMessage,
    outgoing: GatewayResponse,
    path: string,
    caller: Principal | Denial,
  ): HttpExchange | undefined {
    const { rate, metrics, publicPath } = this.#options;
    const isOpen = (rate !== undefined || caller instanceof Denial) && open.test(path);
    const isDenied = caller instanceof Denial && !isOpen;
    const principal = caller instanceof Denial ? undefined : caller;
    // Liveness and discovery are not counted: guesses of keys by one address must not close them to all behind it.
    const counted = rate && !isOpen ? new Counted(rate, callerOf(principal, incoming), outgoing) : undefined;
    const allowance = counted?.take(1);
    if (allowance?.allowed === false) {
      metrics.countRefusal('rate');
      // A refused POST would end the writer of a Python client for good: its session answers on the stream instead.
      if (isDenied || incoming.method !== 'POST' || !messagePath.test(path)) {
        const who = isDenied ? 'Too many requests without a valid key' : 'Too many requests (limits.rate)';
        refuse(outgoing, 429, `${who}; try again in ${allowance.retryAfter} s.`);
        return undefined;
      }
    }
    if (isDenied) {
      metrics.countRefusal('key');
      deny(caller, incoming, outgoing, path, this.#options, this.#routes);
      return undefined;
    }
    return new HttpExchange(incoming, outgoing, {
      path,
      principal: principal ?? anonymous,
      mayReadDetail: principal !== undefined,
      retryAfter: allowance?.retryAfter ?? 0,
      counted,
      publicPrefix: publicPath.prefixFor(incoming),
    });
  }
}

/** A key is one caller wherever it comes from; without one, an address is. Forwarding headers are not believed. */
function callerOf(principal: Principal | undefined, { socket }: IncomingMessage): string {
  return principal && principal.kind !== 'anonymous' ? principal.id : (socket.remoteAddress ?? 'unknown');
}

/** What is left of a caller's allowance, told on the answer. */
class Counted {
  readonly #rate: RateLimit;
  readonly #caller: string;
  readonly #outgoing: GatewayResponse;

  constructor(rate: RateLimit, caller: string, outgoing: GatewayResponse) {
    this.#rate = rate;
    this.#caller = caller;
    this.#outgoing = outgoing;
  }

  take(count: number): Allowance {
    const allowance = this.#rate.take(this.#caller, count);
    const isWorthTelling = !allowance.allowed || isRunningOut(allowance);
    if (isWorthTelling && !this.#outgoing.headersSent) tell(allowance, this.#outgoing);
    return allowance;
  }
}

/** Told from half of the burst on: who has more left need not know, and three headers a response are not free. */
function isRunningOut({ remaining, limit }: Allowance): boolean {
  return remaining * 2 < limit;
}

function tell(allowance: Allowance, outgoing: GatewayResponse): void {
  outgoing.setHeader('RateLimit-Limit', allowance.limit);
  outgoing.setHeader('RateLimit-Remaining', allowance.remaining);
  outgoing.setHeader('RateLimit-Reset', allowance.reset);
  if (!allowance.allowed) outgoing.setHeader('Retry-After', allowance.retryAfter);
}
