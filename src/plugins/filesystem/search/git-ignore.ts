import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import createIgnore, { type Ignore } from 'ignore';
import { type Directory, safeOpenFlags } from '../sandbox/directory.ts';
import { PlainIgnores } from './plain-ignores.ts';
import { requireSystemError } from './system-error.ts';

const largestIgnoreFile = 1_048_576;
/** As git has it (`core.ignoreCase`) where file systems usually do not tell upper case from lower. */
const ignorecase = process.platform === 'darwin' || process.platform === 'win32';

/** The rules of the ignore files from a root down to a directory; the innermost that says anything decides. */
export class GitIgnores {
  readonly #parent: GitIgnores | undefined;
  readonly #base: string;
  readonly #plain: PlainIgnores | undefined;
  readonly #rules: Ignore | undefined;

  private constructor(parent?: GitIgnores, base = '', text?: string) {
    this.#parent = parent;
    this.#base = base;
    if (text === undefined) return;
    const { plain, others } = PlainIgnores.divide(text, ignorecase);
    this.#plain = plain;
    this.#rules = createIgnore({ ignorecase }).add(others);
  }

  static none(): GitIgnores {
    return new GitIgnores();
  }

  /** These rules and those of the directory's own `.gitignore`, and before them its repository's, if it has them. */
  enter(directory: Directory): GitIgnores {
    const base = directory.path === '/' ? '/' : `${directory.path}/`;
    const texts = [readRepositoryRules(directory), readIgnoreFile(directory, '.gitignore')];
    return texts.reduce<GitIgnores>(
      (rules, text) => (text === undefined ? rules : new GitIgnores(rules, base, text)),
      this,
    );
  }

  /** Whether git leaves the entry alone. `path` is absolute. */
  ignores(path: string, isDirectory: boolean): boolean {
    if (this.#rules && path.startsWith(this.#base)) {
      const relative = path.slice(this.#base.length);
      if (this.#plain?.ignores(relative, isDirectory)) return true;
      const verdict = this.#rules.test(relative + (isDirectory ? '/' : ''));
      if (verdict.ignored) return true;
      if (verdict.unignored) return false;
    }
    return this.#parent?.ignores(path, isDirectory) ?? false;
  }
}

/** What `.git/info/exclude` says; undefined where there is none, or `.git` is no directory. */
function readRepositoryRules(directory: Directory): string | undefined {
  const opened: Directory[] = [];
  try {
    if (!statsOf(directory, '.git')?.isDirectory()) return undefined;
    let here = directory;
    for (const name of ['.git', 'info']) {
      here = here.enter(name);
      opened.push(here);
    }
    return readIgnoreFile(here, 'exclude');
  } catch (error) {
    requireSystemError(error);
    return undefined; // no repository, or one that may not be read
  } finally {
    for (const one of opened) one.close();
  }
}

function readIgnoreFile(directory: Directory, name: string): string | undefined {
  try {
    return statsOf(directory, name)?.isFile() ? readSmall(directory.at(name)) : undefined;
  } catch (error) {
    requireSystemError(error);
    return undefined; // one that may not be read, or is gone by now: git would go on without it too
  }
}

/** Asked of each directory with candidates of ripgrep's, most of which have nothing: an error would cost three times as much. */
function statsOf(directory: Directory, name: string): Stats | undefined {
  return lstatSync(directory.at(name), { throwIfNoEntry: false });
}

function readSmall(path: string): string | undefined {
  const fd = openSync(path, constants.O_RDONLY | safeOpenFlags);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.size > largestIgnoreFile) return undefined;
    const bytes = Buffer.alloc(stats.size);
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, stats.size, 0));
  } finally {
    closeSync(fd);
  }
}
