import { setImmediate } from 'node:timers/promises';
import { GatewayError } from '../../../core/errors.ts';

const deepest = 256;
const longestTurnMs = 5;

export interface TreeBounds {
  readonly maxEntries: number;
  readonly signal: AbortSignal;
}

/** Holds a walk over a tree to its bounds, and lets others have their turn in between. */
export class TreePace {
  readonly #bounds: TreeBounds;
  #visited = 0;
  #turnEnds = performance.now() + longestTurnMs;

  constructor(bounds: TreeBounds) {
    this.#bounds = bounds;
  }

  /** To be called for each entry; throws where the walk has to end. */
  async step(depth: number): Promise<void> {
    const { maxEntries } = this.#bounds;
    if (++this.#visited > maxEntries) {
      throw new GatewayError(
        'too_large',
        `More than ${maxEntries} entries (limits.walkEntries). Do it for one subdirectory at a time.`,
      );
    }
    if (depth > deepest) throw new GatewayError('too_large', `Directories nest deeper than ${deepest}.`);
    await this.rest();
  }

  /** To be called before each longer piece of work on an entry that was counted already. */
  async rest(): Promise<void> {
    this.#bounds.signal.throwIfAborted();
    if (performance.now() < this.#turnEnds) return;
    await setImmediate();
    this.#turnEnds = performance.now() + longestTurnMs;
  }
}
