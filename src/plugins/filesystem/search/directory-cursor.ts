import { lstatSync } from 'node:fs';
import type { Directory } from '../sandbox/directory.ts';
import type { GitIgnores } from './git-ignore.ts';
import { requireSystemError } from './system-error.ts';
import { adopt, type TreeWalker } from './tree-walker.ts';

/** A directory that a walk has come to, with the ignore rules that hold in it. */
interface Reached {
  readonly directory: Directory;
  readonly ignores: GitIgnores;
}

interface Level {
  readonly name: string;
  /** Undefined where a walk would not have come: left out by a rule, gone, or a link by now. */
  readonly reached: Reached | undefined;
}

/** Goes from directory to directory below a base, one open handle a level, into those only that a walk would enter. */
export class DirectoryCursor {
  readonly #levels: Level[];
  readonly #walker: TreeWalker;
  readonly #gitignore: boolean;

  constructor(walker: TreeWalker, { base, gitignore }: { base: Parameters<typeof adopt>[0]; gitignore: boolean }) {
    this.#walker = walker;
    this.#gitignore = gitignore;
    this.#levels = [{ name: '', reached: this.#reach(adopt(base), walker.ignoresAbove()) }];
  }

  /** The directory that holds the entry of a path, or undefined where a walk would not have met the entry. */
  find(path: readonly string[], isDirectory: boolean): Directory | undefined {
    const here = this.#parentOf(path);
    const name = path.at(-1) ?? '';
    return here && this.#walker.admits(here.directory, name, isDirectory, path.join('/'), here.ignores)
      ? here.directory
      : undefined;
  }

  /** What is at a path; undefined where a walk would not have come to its directory. */
  kindOf(path: readonly string[]): 'directory' | 'other' | 'unknown' | undefined {
    const parent = this.#parentOf(path)?.directory;
    if (!parent) return undefined;
    try {
      return lstatSync(parent.at(path.at(-1) ?? '')).isDirectory() ? 'directory' : 'other';
    } catch (error) {
      requireSystemError(error);
      return 'unknown'; // gone, or in a directory whose names may be read, but not what they are
    }
  }

  #parentOf(path: readonly string[]): Reached | undefined {
    const names = path.slice(0, -1);
    let shared = 0;
    while (shared < names.length && this.#levels[shared + 1]?.name === names[shared]) shared++;
    while (this.#levels.length > shared + 1) this.#levels.pop()?.reached?.directory.close();
    for (const [index, name] of names.slice(shared).entries()) {
      const reached = this.#enter(name, names.slice(0, shared + index + 1).join('/'));
      this.#levels.push({ name, reached });
    }
    return this.#levels.at(-1)?.reached;
  }

  close(): void {
    for (const { reached } of this.#levels.slice(1)) reached?.directory.close();
  }

  #enter(name: string, relative: string): Reached | undefined {
    const here = this.#levels.at(-1)?.reached;
    if (!here || !this.#walker.admits(here.directory, name, true, relative, here.ignores)) return undefined;
    try {
      return this.#reach(here.directory.enter(name), here.ignores);
    } catch (error) {
      requireSystemError(error);
      return undefined; // gone or a link by now: a candidate that is not there is no match
    }
  }

  #reach(directory: Directory, above: GitIgnores): Reached {
    return { directory, ignores: this.#gitignore ? above.enter(directory) : above };
  }
}
