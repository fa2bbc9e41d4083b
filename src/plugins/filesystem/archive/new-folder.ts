import { mkdirSync } from 'node:fs';
import type { TreePace } from '../io/tree-bounds.ts';
import type { Directory } from '../sandbox/directory.ts';
import { errnoOf } from '../sandbox/failure.ts';

/** A directory that is made when something is to be put into it, and held open until nothing more is. */
export class NewFolder {
  readonly #open: () => Directory | Promise<Directory>;
  #opened: Directory | undefined;

  private constructor(open: () => Directory | Promise<Directory>) {
    this.#open = open;
  }

  /** One that is there already. */
  static at(directory: Directory): NewFolder {
    return new NewFolder(() => directory);
  }

  /** One in this one. `made` is called where it was not there yet. */
  below(name: string, pace: TreePace, made: () => void): NewFolder {
    return new NewFolder(async () => {
      const parent = await this.open();
      await pace.rest();
      try {
        mkdirSync(parent.at(name));
        made();
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error; // a file system that takes two names for one
      }
      return parent.enter(name);
    });
  }

  /** For one caller at a time. */
  async open(): Promise<Directory> {
    this.#opened ??= await this.#open();
    return this.#opened;
  }

  close(): void {
    this.#opened?.close();
  }
}
