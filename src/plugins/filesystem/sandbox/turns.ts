import { GatewayError } from '../../../core/errors.ts';

const mostAtOnce = 64;
const longestQueue = 1024;

/** Lets so many file operations run at once that descriptors and disk threads last; others wait, and too many are refused. */
export class Turns {
  #active = 0;
  readonly #waiting: (() => void)[] = [];

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#active >= mostAtOnce) {
      if (this.#waiting.length >= longestQueue) {
        throw new GatewayError('busy', 'Too many file operations are waiting. Try again in a moment.');
      }
      await new Promise<void>((resume) => this.#waiting.push(resume));
    }
    this.#active++;
    try {
      return await work();
    } finally {
      this.#active--;
      this.#waiting.shift()?.();
    }
  }
}
