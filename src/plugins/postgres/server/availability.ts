import type { EngineState } from '../engine.ts';
import type { Connection } from './connection.ts';
import { ConnectError, type Outage, passing } from './outage.ts';

/** Pauses between attempts while the database is away: doubled each time, up to the longest. */
const firstPauseMs = 250;
const longestPauseMs = 2000;
/** Where only a person can mend it, attempts are rarer: each one may count as a failed login. */
const longestPauseWhenLastingMs = 10_000;

export interface AvailabilityEvents {
  /** An attempt of Availability's own succeeded, and this is its connection. */
  onUp(connection: Connection): void;
  onDown(outage: Outage): void;
}

type State = { readonly is: 'connecting' } | { readonly is: 'up' } | { readonly is: 'down'; readonly outage: Outage };

/**
 * Knows whether a database can be reached, so that nobody waits for one that cannot. While it is not up, only this dials:
 * one attempt at a time, with growing pauses. The driver by itself would dial without pause or end.
 */
export class Availability {
  readonly #dial: () => Promise<Connection>;
  readonly #events: AvailabilityEvents;
  #state: State = { is: 'connecting' };
  #attempting = false;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(dial: () => Promise<Connection>, events: AvailabilityEvents) {
    this.#dial = dial;
    this.#events = events;
  }

  get isUp(): boolean {
    return this.#state.is === 'up';
  }

  /** Why calls are refused, while they are. */
  get outage(): Outage | undefined {
    return this.#state.is === 'down' ? this.#state.outage : undefined;
  }

  get state(): EngineState {
    if (this.#state.is === 'up') return { is: 'up' };
    if (this.#state.is === 'connecting') return { is: 'starting', reason: 'it is being connected to' };
    return { is: 'down', reason: this.#state.outage.reason, fix: this.#state.outage.fix };
  }

  /** Begins the first attempt; from then on it goes on by itself until `close`. */
  start(): void {
    void this.#attempt();
  }

  /**
   * Makes one more connection while the database is up; a failure means that it is down. A server that is merely full
   * is not, if the caller has other connections to it.
   */
  async connect(hasOthers: () => boolean): Promise<Connection> {
    try {
      return await this.#dial();
    } catch (error) {
      const outage = outageIn(error);
      if (!(outage.full && hasOthers())) this.down(outage);
      throw error;
    }
  }

  /** Refuses calls from now on, and begins to try again. */
  down(outage: Outage): void {
    if (this.#closed) return;
    this.#state = { is: 'down', outage };
    this.#events.onDown(outage);
    if (this.#attempting || this.#retry) return;
    const longest = outage.lasting ? longestPauseWhenLastingMs : longestPauseMs;
    const pause = Math.min(firstPauseMs * 2 ** this.#failures, longest) * (0.75 + Math.random() / 4);
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.#attempt();
    }, pause);
    this.#retry.unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    const outage = { ...passing('the gateway is shutting down', 'Wait for it'), fix: 'Call again once it is back.' };
    this.#state = { is: 'down', outage };
    this.#events.onDown(outage);
  }

  async #attempt(): Promise<void> {
    this.#attempting = true;
    try {
      const connection = await this.#dial();
      this.#attempting = false;
      if (this.#closed) return connection.close();
      this.#failures = 0;
      this.#state = { is: 'up' };
      this.#events.onUp(connection);
    } catch (error) {
      this.#attempting = false;
      this.down(outageIn(error));
    }
  }
}

function outageIn(error: unknown): Outage {
  if (error instanceof ConnectError) return error.outage;
  throw error; // dialling fails in no other way: this is a defect
}
