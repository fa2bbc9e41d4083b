import { setTimeout } from 'node:timers/promises';
import type { Log } from '../../../core/log.ts';
import { removeInTurns } from '../io/remove-in-turns.ts';
import type { Slot } from '../io/replace-file.ts';
import { isFailure } from '../sandbox/failure.ts';

const momentMs = 500;

/** Removes trees that nobody needs any more, one after the other, while others have their turn. */
export class Clearing {
  readonly #log: Log;
  readonly #stop = new AbortController();
  #last: Promise<void> = Promise.resolve();
  #left = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  get isIdle(): boolean {
    return this.#left === 0;
  }

  /** What the system does not give up (an immutable file, a mount) stays. */
  add(slot: Slot): void {
    this.#left++;
    this.#last = this.#last.then(() => this.#remove(slot));
  }

  /** Resolves when all that was added before is removed. */
  idle(): Promise<void> {
    return this.#last;
  }

  /** Ends it: what takes longer than a moment is left as it is. */
  async close(): Promise<void> {
    await Promise.race([this.#last, setTimeout(momentMs, undefined, { ref: false })]);
    this.#stop.abort();
    await this.#last;
  }

  async #remove(slot: Slot): Promise<void> {
    const { signal } = this.#stop;
    try {
      if (!signal.aborted) await removeInTurns(slot, signal);
    } catch (error) {
      if (!signal.aborted) this.#tell(error, slot.name);
    } finally {
      this.#left--;
    }
  }

  #tell(error: unknown, item: string): void {
    if (isFailure(error))
      this.#log.warn({ item, reason: error.message }, 'something could not be cleared out of the trash');
    else this.#log.error({ err: error, item }, 'clearing something out of the trash failed');
  }
}
