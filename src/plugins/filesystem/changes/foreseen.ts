import { dirname, join, relative } from 'node:path';

/** What will be at a path: nothing, what is kept in the trash, or what is at another path now. */
export type Foreseen = 'nothing' | 'kept' | { readonly path: string };

/**
 * What the steps that are undone before another will have freed or put back, so that all of a change can be looked at
 * before any of it is done. Paths are real paths.
 */
export class Foresight {
  readonly #entries = new Map<string, Foreseen>();

  expect(path: string, entry: Foreseen): void {
    this.#entries.set(path, entry);
  }

  /** A path gets what is at another, which `left` is then at. */
  expectMove(from: string, to: string, left: 'nothing' | 'kept'): void {
    const moved = this.at(from);
    this.expect(from, left);
    this.expect(to, typeof moved === 'string' ? moved : { path: moved.path });
  }

  /** A path that no step reaches is what it is now, at that path. */
  at(path: string): Foreseen {
    for (let above = path; ; above = dirname(above)) {
      const entry = this.#entries.get(above);
      if (entry !== undefined) return above === path ? entry : below(entry, relative(above, path));
      if (above === dirname(above)) return { path };
    }
  }
}

/** A directory that a step brings back has only what other steps bring back in it. */
function below(entry: Foreseen, rest: string): Foreseen {
  return typeof entry === 'string' ? 'nothing' : { path: join(entry.path, rest) };
}
