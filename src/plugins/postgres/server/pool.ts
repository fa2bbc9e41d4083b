import { GatewayError } from '../../../core/errors.ts';
import type { Availability } from './availability.ts';
import type { Connection } from './connection.ts';
import { type Outage, passing, unavailable } from './outage.ts';
import { abortReason } from './stop.ts';
import { WaitingLine } from './waiting-line.ts';

export interface PoolLimits {
  /** Connections that are kept ready. */
  readonly min: number;
  readonly max: number;
  /** Milliseconds that a call waits for a connection at most. */
  readonly waitMs: number;
  /** Calls that may wait at once; further ones are refused at once. */
  readonly maxWaiting: number;
}

/** A connection is closed after this long, so that a moved host name or a leak in the server is not kept for ever. */
const lifetimeMs = 30 * 60_000;
/** Connections above `min` are closed after this long without work. */
const idleMs = 60_000;
const reapEveryMs = 15_000;
/** A server that so often in a row hangs up on connections so young is not one to dial again at once. */
const youngMs = 1000;
const mostHangUps = 3;
/** Pause before a server that was full is asked for one more connection. */
const fullPauseMs = 1000;

/** A bounded number of connections, and a bounded queue in front of them. */
export class Pool {
  readonly #target: string;
  readonly #limits: PoolLimits;
  readonly #availability: Availability;
  readonly #idle: { readonly connection: Connection; readonly since: number }[] = [];
  readonly #busy = new Set<Connection>();
  readonly #waiting = new WaitingLine();
  readonly #reaper: NodeJS.Timeout;
  #opening = 0;
  #growAfter = 0;
  #hangUps = 0;
  #closed = false;

  constructor(target: string, limits: PoolLimits, availability: Availability) {
    this.#target = target;
    this.#limits = limits;
    this.#availability = availability;
    this.#reaper = setInterval(() => this.#reap(), reapEveryMs).unref();
  }

  /** Connections there are, in use or not. */
  get size(): number {
    return this.#idle.length + this.#busy.size;
  }

  /** A connection of the caller's own until `release`. Rejects with `busy`, `unavailable`, or the signal's reason. */
  async acquire(signal: AbortSignal | undefined): Promise<Connection> {
    if (signal?.aborted) throw abortReason(signal);
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (!idle.connection.alive) continue;
      this.#busy.add(idle.connection);
      return idle.connection;
    }
    const { outage } = this.#availability;
    if (outage) throw unavailable(this.#target, outage);
    if (this.#waiting.length >= this.#limits.maxWaiting) throw this.#busyError('the queue is full');
    const connection = this.#waiting.join(this.#limits.waitMs, () => this.#lateError(), signal);
    this.fill();
    return connection;
  }

  /** Takes a connection back; one that is not `reusable` is replaced. */
  release(connection: Connection, reusable: boolean): void {
    this.#busy.delete(connection);
    const worn = performance.now() - connection.openedAt > lifetimeMs;
    if (reusable) this.#hangUps = 0;
    if (reusable && connection.alive && !worn && !this.#closed) {
      this.#offer(connection);
      return;
    }
    if (reusable) connection.close();
    this.fill();
  }

  /** Adds a connection that was opened elsewhere. */
  adopt(connection: Connection): void {
    connection.onceClosed(() => this.#gone(connection));
    if (this.#closed) connection.close();
    else this.#offer(connection);
  }

  /** Opens what is missing to `min`, and for those who wait. */
  fill(): void {
    if (this.#closed || performance.now() < this.#growAfter) return;
    while (
      this.#availability.isUp &&
      this.size + this.#opening < this.#limits.max &&
      this.#opening < Math.max(this.#waiting.length, this.#limits.min - this.size)
    ) {
      this.#opening += 1;
      void this.#open();
    }
  }

  /** Refuses those who wait. */
  refuse(outage: Outage): void {
    this.#waiting.refuse(() => unavailable(this.#target, outage));
  }

  /** Closes connections that nobody uses: what they are connected to has proved dead. */
  dropIdle(): void {
    for (const { connection } of this.#idle.splice(0)) connection.destroy();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#reaper);
    for (const { connection } of this.#idle.splice(0)) connection.close();
    for (const connection of this.#busy) connection.destroy();
  }

  async #open(): Promise<void> {
    try {
      const connection = await this.#availability.connect(() => this.size > 0);
      this.#opening -= 1;
      this.adopt(connection);
    } catch {
      this.#opening -= 1;
      if (!this.#availability.isUp) return; // those who wait have been told
      // The server is full: they wait for a connection to come free, or for the next attempt.
      this.#growAfter = performance.now() + fullPauseMs;
      setTimeout(() => this.fill(), fullPauseMs + 1).unref();
    }
  }

  #offer(connection: Connection): void {
    if (this.#waiting.serve(connection)) this.#busy.add(connection);
    else this.#idle.push({ connection, since: performance.now() });
  }

  #gone(connection: Connection): void {
    const index = this.#idle.findIndex((idle) => idle.connection === connection);
    if (index === -1) return; // in use: whoever uses it hears of it, and releases it
    this.#idle.splice(index, 1);
    if (performance.now() - connection.openedAt < youngMs) this.#hangUps += 1;
    if (this.#hangUps > mostHangUps) {
      this.#hangUps = 0;
      this.#availability.down(passing('the server ends fresh connections at once', 'Look at its log'));
    } else {
      this.fill();
    }
  }

  #reap(): void {
    const now = performance.now();
    const spare = this.#idle
      .filter(({ since }) => now - since > idleMs)
      .slice(0, Math.max(0, this.size - this.#limits.min));
    for (const entry of spare) {
      this.#idle.splice(this.#idle.indexOf(entry), 1);
      entry.connection.close();
    }
    this.fill();
  }

  #lateError(): GatewayError {
    if (this.#availability.isUp) return this.#busyError(`none came free within ${this.#limits.waitMs} ms`);
    return unavailable(this.#target, {
      reason: `it is still being connected to after ${this.#limits.waitMs} ms`,
      fix: 'Try again in a few seconds.',
    });
  }

  #busyError(why: string): GatewayError {
    return new GatewayError(
      'busy',
      `All connections to ${this.#target} are busy (${this.#busy.size} of ${this.#limits.max} running, ${this.#waiting.length} waiting): ${why}. Try again in a few seconds, run fewer statements at once, or raise plugins.postgres.pool.max.`,
    );
  }
}
