import { Deadline } from '../../../core/deadline.ts';
import type { GatewayError } from '../../../core/errors.ts';
import type { Connection } from './connection.ts';
import { abortReason } from './stop.ts';

interface Waiter {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: GatewayError) => void;
}

/** Calls that wait for a connection, first come, first served; each for a bounded time. */
export class WaitingLine {
  readonly #waiters = new Set<Waiter>();

  get length(): number {
    return this.#waiters.size;
  }

  /** Waits for a connection. Rejects with what `late` gives after `waitMs`, or with the signal's reason. */
  join(waitMs: number, late: () => GatewayError, signal: AbortSignal | undefined): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiters.delete(waiter);
        deadline.stop();
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        resolve: (connection) => {
          leave();
          resolve(connection);
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = () => waiter.reject(abortReason(signal));
      const deadline = new Deadline(waitMs, () => waiter.reject(late()));
      deadline.start();
      signal?.addEventListener('abort', onAbort);
      this.#waiters.add(waiter);
    });
  }

  /** Gives the connection to whoever has waited longest; false where nobody waits. */
  serve(connection: Connection): boolean {
    for (const waiter of this.#waiters) {
      waiter.resolve(connection);
      return true;
    }
    return false;
  }

  refuse(error: () => GatewayError): void {
    for (const waiter of this.#waiters) waiter.reject(error());
  }
}
