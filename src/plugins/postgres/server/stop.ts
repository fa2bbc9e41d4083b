import { Deadline } from '../../../core/deadline.ts';
import { GatewayError } from '../../../core/errors.ts';
import type { Connection } from './connection.ts';

/** How far the gateway's own deadline lies behind statement_timeout, which should have ended the statement. */
const graceMs = 1000;
/** How long a cancelled statement has to end before its connection is cut. */
const hardStopMs = 2000;

/**
 * Ends a statement before its time: when its caller goes away, or when its deadline passes without the server having
 * ended it. Asks the server to cancel it, and cuts the connection where that does not help.
 */
export class Stop {
  /** Why the statement was stopped, once it was. */
  reason: GatewayError | undefined;
  readonly #connection: Connection;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: Deadline;
  #hardStop: NodeJS.Timeout | undefined;

  constructor(connection: Connection, timeoutMs: number, signal: AbortSignal | undefined) {
    this.#connection = connection;
    this.#signal = signal;
    this.#deadline = new Deadline(timeoutMs + graceMs, () => this.#stop(overdue(timeoutMs)));
    this.#deadline.start();
    signal?.addEventListener('abort', this.#onAbort);
    if (signal?.aborted) this.#onAbort();
  }

  /** The statement has ended: nothing is left to stop. */
  end(): void {
    this.#deadline.stop();
    clearTimeout(this.#hardStop);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = () => this.#stop(abortReason(this.#signal));

  #stop(reason: GatewayError): void {
    if (this.reason) return;
    this.reason = reason;
    this.#hardStop = setTimeout(() => this.#connection.destroy(), hardStopMs);
    // A request that does not get through is made up for by the hard stop.
    this.#connection.cancel().catch(() => undefined);
  }
}

/** The error that a caller who went away is answered with. */
export function abortReason(signal: AbortSignal | undefined): GatewayError {
  const reason: unknown = signal?.reason;
  return reason instanceof GatewayError ? reason : new GatewayError('cancelled', 'The call was cancelled.');
}

function overdue(timeoutMs: number): GatewayError {
  return new GatewayError(
    'timeout',
    `The statement was stopped: the server did not end it after its ${timeoutMs} ms. Ask for less.`,
  );
}
