import { Bag } from './bag.ts';
import type { Call } from './call.ts';
import { GatewayError } from './errors.ts';

/** How long calls may take to end after they were called off: a cancel must reach the upstream. */
const cancelGraceMs = 3000;

/** The calls that run, so that a stop can wait for them, and call off those that last too long. */
export class Activity {
  readonly #calls = new Bag<Call>();
  #draining = false;
  #onIdle: (() => void) | undefined;

  get running(): number {
    return this.#calls.size;
  }

  /** Whether new calls are refused, because the gateway is stopping. */
  get isDraining(): boolean {
    return this.#draining;
  }

  begin(call: Call): void {
    this.#calls.add(call);
  }

  end(call: Call): void {
    this.#calls.remove(call);
    if (this.#calls.size === 0) this.#onIdle?.();
  }

  /** Refuses new calls from now on; resolves true when the last one ended, false after `timeoutMs`. */
  drain(timeoutMs: number): Promise<boolean> {
    this.#draining = true;
    return this.#idle(timeoutMs);
  }

  /** Calls off what still runs, so that its caller is answered and its upstream is told; resolves when that is done. */
  async callOff(): Promise<void> {
    for (const call of this.#calls.all) {
      call.cancel(
        new GatewayError(
          'unavailable',
          'The gateway is shutting down, so the call was stopped; try again in a moment.',
        ),
      );
    }
    await this.#idle(cancelGraceMs);
  }

  #idle(timeoutMs: number): Promise<boolean> {
    if (this.#calls.size === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        setImmediate(resolve, true); // the last answer is still on its way to its stream
      };
    });
  }
}
