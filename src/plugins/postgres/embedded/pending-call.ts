import { GatewayError } from '../../../core/errors.ts';
import type { EngineRows } from '../engine.ts';
import type { Statement } from './messages.ts';

/** What a call asks for. Catalog reads are the gateway's own and go first. */
export interface Request {
  readonly kind: 'catalog' | 'caller';
  readonly statement: Statement;
  /** Milliseconds that the statement may run, once it is its turn. */
  readonly timeoutMs: number;
}

/** One call on its way through the queue and the worker; settles once, by an answer, its caller's abort or a failure. */
export class PendingCall {
  readonly request: Request;
  readonly result: Promise<EngineRows>;
  #late: NodeJS.Timeout | undefined;
  #settle: (end: (promise: Settler) => void) => void = () => undefined;

  /** `onAbort` is called when the caller has gone before the call was settled. */
  constructor(request: Request, signal: AbortSignal | undefined, onAbort: () => void) {
    this.request = request;
    this.result = new Promise((resolve, reject) => {
      const abort = () => {
        this.fail(abortError(signal?.reason));
        onAbort();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#settle = (end) => {
        clearTimeout(this.#late);
        signal?.removeEventListener('abort', abort);
        end({ resolve, reject });
      };
    });
  }

  /** Gives it `waitMs` to get its turn. */
  wait(waitMs: number, onLate: () => void): void {
    this.#late = setTimeout(onLate, waitMs);
  }

  /** Its turn has come. */
  begin(): void {
    clearTimeout(this.#late);
  }

  succeed(rows: EngineRows): void {
    this.#settle(({ resolve }) => resolve(rows));
  }

  fail(error: GatewayError): void {
    this.#settle(({ reject }) => reject(error));
  }
}

interface Settler {
  resolve(rows: EngineRows): void;
  reject(error: GatewayError): void;
}

/** The reason that the gateway aborted with, which says more than is known here. */
export function abortError(reason: unknown): GatewayError {
  return reason instanceof GatewayError ? reason : new GatewayError('cancelled', 'The call was cancelled.');
}
