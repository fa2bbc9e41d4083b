import { type Dirent, readdirSync } from 'node:fs';
import { isTemporaryName } from '../io/temporary-name.ts';
import { CheckedDirectory, type Directory, ProcDirectory, pathBelow } from '../sandbox/directory.ts';
import { Protection } from '../sandbox/protection.ts';
import { isKernelPath, isWithin } from '../sandbox/root.ts';
import { GitIgnores } from './git-ignore.ts';
import type { PathTest } from './glob.ts';
import type { Job, JobBase } from './job.ts';
import { isUnreadable } from './unreadable.ts';

/** One entry met on a walk. `relative` is from where the walk began, with `/`. */
export interface Visit {
  readonly directory: Directory;
  readonly entry: Dirent;
  readonly relative: string;
}

export interface Visitor {
  /** Called for each entry that no rule leaves out. For a directory, false keeps the walk out of it. */
  visit(visit: Visit): boolean;
  /** Called for each directory that a rule leaves out. */
  leaveOut?(relative: string): void;
  /** Called for each directory that it was shown, as its name may be, and whose entries are protected. */
  keepClosed?(relative: string): void;
  /** Called for each directory that it was shown and whose entries cannot be read. */
  passOver?(relative: string): void;
  /** True ends the walk. */
  readonly done: boolean;
}

/**
 * Walks a tree depth first, names in order, by open directories: a directory that turns into a link meanwhile is left
 * out, never followed. Protected files are found by nobody, and protected directories are not entered.
 */
export class TreeWalker {
  /** What ended the walk, or kept it out of a part, before all was seen: a cap or the deadline, in words. */
  stopped: string | undefined;
  readonly #job: Job;
  readonly #excluded: PathTest;
  readonly #secrets: Protection;
  #visited = 0;

  constructor(job: Job, excluded: PathTest) {
    this.#job = job;
    this.#excluded = excluded;
    this.#secrets = new Protection(job.rules.secrets);
  }

  /** Throws the system's error where the base itself cannot be read. */
  walk(visitor: Visitor): void {
    const { base, gitignore } = this.#job;
    const ignores = gitignore ? this.ignoresAbove() : GitIgnores.none();
    this.#walk(listed(adopt(base)), '', ignores, 0, visitor);
  }

  /** The ignore rules of the directories above the base, down from its root; none where they ignore the base itself, which was named. */
  ignoresAbove(): GitIgnores {
    const { gitignore, ignoreFrom, base } = this.#job;
    if (!gitignore) return GitIgnores.none();
    const rules = ignoreFrom.reduce((above, directory) => above.enter(adopt(directory)), GitIgnores.none());
    return rules.ignores(base.path, true) ? GitIgnores.none() : rules;
  }

  /** Whether a walk shows an entry to its visitor: no rule leaves it out. */
  admits(directory: Directory, name: string, isDirectory: boolean, relative: string, ignores: GitIgnores): boolean {
    const { gitignore, kind } = this.#job;
    const path = pathBelow(directory.path, name);
    if (isTemporaryName(name)) return false;
    if (gitignore && (name === '.git' || ignores.ignores(path, isDirectory))) return false;
    if (this.#excluded(relative) || ((isDirectory || kind === 'content') && this.#isClosed(path))) return false;
    return kind === 'tree' || !this.#secrets.coversEntry(directory.path, name); // a tree shows the name, as a listing does
  }

  #walk({ directory, entries }: Listed, relative: string, above: GitIgnores, depth: number, visitor: Visitor): void {
    const { rules, gitignore } = this.#job;
    const ignores =
      gitignore && entries.some(({ name }) => name === '.gitignore' || name === '.git')
        ? above.enter(directory)
        : above;
    for (const entry of entries) {
      if (visitor.done || this.#isSpent()) return;
      const below = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (!this.#meet(directory, entry, below, ignores, visitor)) continue;
      if (depth >= rules.maxDepth) this.#stop(tooDeep(rules.maxDepth));
      else this.#enter(directory, entry.name, below, ignores, depth, visitor);
    }
  }

  #isSpent(): boolean {
    const { maxEntries, deadline } = this.#job.rules;
    this.#visited++;
    if (this.#visited > maxEntries) this.#stop(`it met more than ${maxEntries} entries (limits.walkEntries)`);
    else if ((this.#visited & 255) === 0 && Date.now() > deadline) this.#stop('its time was up (limits.searchSeconds)');
    else return false;
    this.#visited = maxEntries; // and every level above stops too
    return true;
  }

  #stop(why: string): void {
    this.stopped ??= why;
  }

  /** Shows an entry to the visitor unless a rule leaves it out; true where it is a directory to go into. */
  #meet(directory: Directory, entry: Dirent, relative: string, ignores: GitIgnores, visitor: Visitor): boolean {
    const isDirectory = entry.isDirectory();
    if (!this.admits(directory, entry.name, isDirectory, relative, ignores)) {
      if (isDirectory) visitor.leaveOut?.(relative);
      return false;
    }
    if (!visitor.visit({ directory, entry, relative }) || !isDirectory) return false;
    if (this.#job.kind !== 'tree' || !this.#secrets.coversEntry(directory.path, entry.name)) return true;
    visitor.keepClosed?.(relative);
    return false;
  }

  #enter(
    parent: Directory,
    name: string,
    relative: string,
    ignores: GitIgnores,
    depth: number,
    visitor: Visitor,
  ): void {
    let entered: Listed;
    try {
      entered = enterListed(parent, name);
    } catch (error) {
      if (isUnreadable(error, name)) visitor.passOver?.(relative);
      return;
    }
    try {
      this.#walk(entered, relative, ignores, depth + 1, visitor);
    } finally {
      entered.directory.close();
    }
  }

  #isClosed(path: string): boolean {
    const { closed, mounts } = this.#job.rules;
    if (this.#job.base.path === '/' && isKernelPath(path)) return true;
    return mounts.some((mount) => isWithin(mount, path)) || closed.some((folder) => isWithin(folder, path));
  }
}

/** Why a walk left out what nests too deep. */
export function tooDeep(maxDepth: number): string {
  return `directories nest deeper than ${maxDepth + 1} (limits.treeDepth)`;
}

/** The directory of a job as this thread sees it; it belongs to the thread that sent the job. */
export function adopt({ path, fd }: JobBase): Directory {
  return fd === undefined ? CheckedDirectory.open(path) : ProcDirectory.adopt(path, fd);
}

interface Listed {
  readonly directory: Directory;
  /** Names in order. */
  readonly entries: readonly Dirent[];
}

/** Opens a directory with its entries; throws the system's error, with nothing left open. */
function enterListed(parent: Directory, name: string): Listed {
  const directory = parent.enter(name);
  try {
    return listed(directory);
  } catch (error) {
    directory.close();
    throw error;
  }
}

/** Whether a walk could see the entries of a directory. */
export function canBeListed(parent: Directory, name: string): boolean {
  try {
    enterListed(parent, name).directory.close();
    return true;
  } catch (error) {
    return !isUnreadable(error, name);
  }
}

function listed(directory: Directory): Listed {
  const entries = readdirSync(directory.self, { withFileTypes: true })
    .filter(({ name }) => !isTemporaryName(name))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { directory, entries };
}
