import { mkdirSync, type Stats } from 'node:fs';
import type { Directory } from '../sandbox/directory.ts';
import { removeInTurns } from './remove-in-turns.ts';
import { giveSecondName, type Slot } from './replace-file.ts';
import { temporaryName } from './temporary-name.ts';

/**
 * Files of a tree that have several names in it, so that its copy is given them too. Each is reached by one more name in
 * a directory that is in the copy until `close`, since another directory of the copy is no longer open.
 */
export class SameFiles {
  readonly #slot: Slot;
  #directory: Directory | undefined;
  readonly #known = new Set<string>();

  constructor(copy: Directory) {
    this.#slot = { directory: copy, name: temporaryName() };
  }

  /** Gives the copy of that file a further name; false where it has none yet, or the disk knows no second names. */
  giveName(original: Stats, to: Slot): boolean {
    const name = nameOf(original);
    if (!this.#directory || !this.#known.has(name)) return false;
    return giveSecondName({ directory: this.#directory, name }, to);
  }

  /** Says where the first copy of a file is. */
  remember(original: Stats, copy: Slot): void {
    if (!this.#directory) {
      mkdirSync(this.#slot.directory.at(this.#slot.name), { mode: 0o700 });
      this.#directory = this.#slot.directory.enter(this.#slot.name);
    }
    const name = nameOf(original);
    if (giveSecondName(copy, { directory: this.#directory, name })) this.#known.add(name);
  }

  async close(): Promise<void> {
    if (!this.#directory) return;
    this.#directory.close();
    await removeInTurns(this.#slot);
  }
}

function nameOf({ dev, ino }: Stats): string {
  return `${dev}-${ino}`;
}
