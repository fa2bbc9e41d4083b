import { mkdirSync } from 'node:fs';
import type { Directory } from '../sandbox/directory.ts';
import { errnoOf } from '../sandbox/failure.ts';

/** A directory that is made when something is to be put into it, and held open until nothing more is. */
export class NewFolder {
  readonly #open: () => Directory;
  #opened: Directory | undefined;

  private constructor(open: () => Directory) {
    this.#open = open;
  }

  /** One that is there already. */
  static at(directory: Directory): NewFolder {
    return new NewFolder(() => directory);
  }

  /** One in this one. `made` is called where it was not there yet. */
  below(name: string, made: () => void): NewFolder {
    return new NewFolder(() => {
      const parent = this.open();
      try {
        mkdirSync(parent.at(name));
        made();
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error; // a file system that takes two names for one
      }
      return parent.enter(name);
    });
  }

  open(): Directory {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  close(): void {
    this.#opened?.close();
  }
}
