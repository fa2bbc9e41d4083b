/** Counts the calls that run, so that a stop can wait for them. */
export class Activity {
  #running = 0;
  #draining = false;
  #onIdle: (() => void) | undefined;

  get running(): number {
    return this.#running;
  }

  /** Whether new calls are refused, because the gateway is stopping. */
  get isDraining(): boolean {
    return this.#draining;
  }

  begin(): void {
    this.#running++;
  }

  end(): void {
    if (--this.#running === 0) this.#onIdle?.();
  }

  /** Refuses new calls from now on; resolves true when the last one ended, false after `timeoutMs`. */
  drain(timeoutMs: number): Promise<boolean> {
    this.#draining = true;
    if (this.#running === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
