/** Lets one caller do a piece of work while those who want the same wait for its end, and then look for its result. */
export class SingleFlight {
  readonly #running = new Map<string, Promise<void>>();

  /**
   * `find` is asked first, and again after each wait; who finds nothing and nobody at work does the work. A failure or a
   * cancellation is its owner's alone: those who waited try for themselves.
   */
  async run<T>(key: string, signal: AbortSignal, find: () => T | undefined, work: () => Promise<T>): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      const other = this.#running.get(key);
      if (!other) break;
      await untilAborted(other, signal);
    }
    const mine = work();
    const settled = mine.then(
      () => undefined,
      () => undefined, // the owner is told; for the others it only means that there is no result
    );
    this.#running.set(key, settled);
    try {
      return await mine;
    } finally {
      this.#running.delete(key);
    }
  }
}

function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void work.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
