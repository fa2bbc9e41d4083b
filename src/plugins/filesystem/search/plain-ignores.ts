import createIgnore from 'ignore';

/** A rule without wildcards, written as names joined by slashes; one at its end says that it is for directories only. */
const plainRule = /^(?![!# \ufeff])[^*?[\]\\\t\r\n]*[^*?[\]\\\t\r\n /]\/?$/;
/** Rules times exceptions; beyond it, it costs more to tell which rules exceptions leave alone than is won. */
const mostComparisons = 2_000_000;
const longestPath = 4096;

/**
 * The rules of an ignore file that name one path, or one name at any depth, taken out of those that have to be tried one
 * after the other: a look-up each, however many there are.
 */
export class PlainIgnores {
  /** By path below the ignore file; true: directories only. */
  readonly #paths = new Map<string, boolean>();
  readonly #names = new Map<string, boolean>();
  readonly #ignorecase: boolean;

  private constructor(ignorecase: boolean) {
    this.#ignorecase = ignorecase;
  }

  /** Divides a file's rules: those that hold whatever the others say, and the others as they were. */
  static divide(text: string, ignorecase: boolean): { plain: PlainIgnores; others: string[] } {
    const plain = new PlainIgnores(ignorecase);
    const lines = text.split(/\r?\n/);
    const exceptions = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    if (lines.length * exceptions.length > mostComparisons) return { plain, others: lines };
    const excepted = exceptions.length > 0 ? createIgnore({ ignorecase }).add(exceptions) : undefined;
    const others: string[] = [];
    for (const line of lines) {
      const rule = line.length <= longestPath && plainRule.test(line) ? ruleOf(line) : undefined;
      // The last rule that matches decides: what an exception may match is left to be tried in order.
      const isExcepted = (path: string) => excepted?.ignores(path) || excepted?.ignores(`${path}/`);
      if (!rule || (excepted && (!rule.isAnchored || isExcepted(rule.path)))) others.push(line);
      else plain.#add(rule);
    }
    return { plain, others };
  }

  /** Whether a path below the ignore file, or a directory it is in, is one that a rule names. */
  ignores(relative: string, isDirectory: boolean): boolean {
    if (this.#paths.size === 0 && this.#names.size === 0) return false;
    const path = this.#ignorecase ? relative.toLowerCase() : relative;
    for (let start = 0; start <= path.length; ) {
      const slash = path.indexOf('/', start);
      const end = slash === -1 ? path.length : slash;
      const mayBeDirectory = slash !== -1 || isDirectory;
      if (matches(this.#names.get(path.slice(start, end)), mayBeDirectory)) return true;
      if (this.#paths.size > 0 && matches(this.#paths.get(path.slice(0, end)), mayBeDirectory)) return true;
      start = end + 1;
    }
    return false;
  }

  #add({ path, isAnchored, isForDirectories }: Rule): void {
    const rules = isAnchored ? this.#paths : this.#names;
    const key = this.#ignorecase ? path.toLowerCase() : path;
    rules.set(key, isForDirectories && rules.get(key) !== false);
  }
}

interface Rule {
  readonly path: string;
  readonly isAnchored: boolean;
  readonly isForDirectories: boolean;
}

/** Undefined for what is no path in its one form. */
function ruleOf(line: string): Rule | undefined {
  const isForDirectories = line.endsWith('/');
  const named = isForDirectories ? line.slice(0, -1) : line;
  const path = named.startsWith('/') ? named.slice(1) : named;
  // Windows would take a drive for the beginning of another path.
  if (/^[a-z]:/i.test(path) || path.split('/').some((name) => name === '' || name === '.' || name === '..'))
    return undefined;
  return { path, isAnchored: named.includes('/'), isForDirectories };
}

function matches(onlyDirectories: boolean | undefined, isDirectory: boolean): boolean {
  return onlyDirectories !== undefined && (isDirectory || !onlyDirectories);
}
