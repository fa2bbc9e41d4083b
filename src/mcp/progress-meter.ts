import { notification, type RequestId } from './envelope.ts';

const burst = 32;
const perSecond = 50;

/**
 * Turns a handler's progress into `notifications/progress`, in order and at a bounded pace: a flood is thinned to the
 * newest state, and the last one is always sent before the answer.
 */
export class ProgressMeter {
  readonly #token: RequestId;
  readonly #send: (message: string) => void;
  #allowance = burst;
  #refilledAt = Date.now();
  #sent = Number.NEGATIVE_INFINITY;
  #pending: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(token: RequestId, send: (message: string) => void) {
    this.#token = token;
    this.#send = send;
  }

  /** `done` must increase (MCP, progress); a step back or sideways is dropped. */
  report(done: number, total: number | undefined, message: string | undefined): void {
    if (!Number.isFinite(done) || done <= this.#sent) return;
    this.#sent = done;
    this.#pending = notification('notifications/progress', {
      progressToken: this.#token,
      progress: done,
      ...(total === undefined ? {} : { total }),
      ...(message === undefined ? {} : { message }),
    });
    if (this.#mayGo()) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), 1000 / perSecond);
  }

  /** Sends what is held back; called before the answer. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending !== undefined) this.#send(this.#pending);
    this.#pending = undefined;
  }

  #mayGo(): boolean {
    const now = Date.now();
    this.#allowance = Math.min(burst, this.#allowance + ((now - this.#refilledAt) * perSecond) / 1000);
    this.#refilledAt = now;
    if (this.#allowance < 1) return false;
    this.#allowance -= 1;
    return true;
  }
}
