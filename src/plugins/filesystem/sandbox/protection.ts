import { sep } from 'node:path';
import { alternativesOf, compileGlob } from './glob-matcher.ts';

interface Rule {
  readonly matches: (path: string) => boolean;
  readonly exception: boolean;
  /** Text that every name it matches has; found without the cost of the glob. */
  readonly literal: string;
}

/** Whether a pattern can be given to `Protection`. */
export function isUsablePattern(pattern: string): boolean {
  const { globs } = partsOf(pattern);
  return globs?.every((one) => namesSomething(one) && compileGlob(rooted(one)) !== undefined) === true;
}

function namesSomething(glob: string): boolean {
  return !/^\/?(?:\.\.?(?:\/|$)|$)/.test(glob);
}

/**
 * Decides which paths a list of globs covers. Compared without case and in NFC, because file systems that fold either
 * open the same file under both spellings. A rule is tried only on names that its last component could be.
 */
export class Protection {
  readonly #byName = new Map<string, Rule[]>();
  readonly #bySuffix = new Map<string, Rule[]>();
  readonly #others: Rule[] = [];
  /** Rules with a class of letters, which is another without case: they are held against names as they are, too. */
  readonly #asTheyAre: Rule[] = [];

  /** Each of them usable (`isUsablePattern`). */
  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) this.#add(pattern);
  }

  /** Whether the entry itself, or a directory it is in, is covered. `path` is absolute. */
  covers(path: string): boolean {
    const hasOwn = this.#asTheyAre.length > 0;
    const compared = hasOwn ? path.replaceAll(sep, '/') : fold(path);
    for (let end = compared.length; end > 0; end = compared.lastIndexOf('/', end - 1)) {
      const here = compared.slice(0, end);
      const verdict = hasOwn ? this.#verdict(fold(here), here) : this.#verdict(here);
      if (verdict !== undefined) return verdict;
    }
    return false;
  }

  /** Whether the entry is covered by its own name or path; for walks, which have already judged the directories above. */
  coversEntry(directory: string, name: string): boolean {
    const folded = fold(name);
    if (this.#asTheyAre.length > 0)
      return this.#verdict(`${fold(directory)}/${folded}`, `${directory.replaceAll(sep, '/')}/${name}`) ?? false;
    if (!this.#mayCover(folded)) return false;
    return this.#verdict(`${fold(directory)}/${folded}`) ?? false;
  }

  #mayCover(name: string): boolean {
    const dot = name.lastIndexOf('.');
    if (this.#byName.has(name) || (dot >= 0 && this.#bySuffix.has(name.slice(dot)))) return true;
    return this.#others.some(({ literal }) => name.includes(literal));
  }

  /** `asIs`: the same path, not folded. */
  #verdict(path: string, asIs?: string): boolean | undefined {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const dot = name.lastIndexOf('.');
    const named = this.#byName.get(name);
    const suffixed = dot >= 0 ? this.#bySuffix.get(name.slice(dot)) : undefined;
    const possible = this.#others.filter(({ literal }) => name.includes(literal));
    if (!named && !suffixed && possible.length === 0 && asIs === undefined) return undefined;
    const rules = [...(named ?? []), ...(suffixed ?? []), ...possible];
    const matching = rules.filter((rule) => rule.matches(path));
    if (asIs !== undefined) matching.push(...this.#asTheyAre.filter((rule) => rule.matches(asIs)));
    if (matching.length === 0) return undefined;
    return !matching.some((rule) => rule.exception);
  }

  #add(pattern: string): void {
    const { text, globs = [], exception } = partsOf(pattern);
    for (const glob of globs) {
      const hasClass = glob.includes('[');
      if (hasClass) this.#addAsItIs(rooted(glob), exception);
      // Of an exception no more than it says is opened.
      if (!hasClass || !exception) this.#addOne(rooted(fold(glob)), exception);
    }
    // A name that looks like a glob may be meant as it is.
    if (!exception && mayBeGlob.test(text)) this.#addExact(fold(text));
  }

  #addAsItIs(glob: string, exception: boolean): void {
    const test = compileGlob(glob);
    if (test) this.#asTheyAre.push({ matches: (path) => test(path.replace(/^\//, '')), exception, literal: '' });
  }

  #addOne(glob: string, exception: boolean): void {
    const test = compileGlob(glob);
    if (!test) return;
    const last = glob.slice(glob.lastIndexOf('/') + 1);
    const literals = /[[\](){}!+@\\]/.test(last) ? [''] : last.split(/[*?]+/);
    const literal = literals.reduce((longest, one) => (one.length > longest.length ? one : longest), '');
    const rule = { matches: (path: string) => test(path.replace(/^\//, '')), exception, literal };
    const suffix = /^\*(\.[^.*?[\](){}!+@\\]+)$/.exec(last)?.[1];
    if (suffix !== undefined) push(this.#bySuffix, suffix, rule);
    else if (mayBeGlob.test(last)) this.#others.push(rule);
    else push(this.#byName, last, rule);
  }

  #addExact(glob: string): void {
    const matches = glob.startsWith('/')
      ? (path: string) => path === glob
      : (path: string) => path.endsWith(`/${glob}`) || path === glob;
    push(this.#byName, glob.slice(glob.lastIndexOf('/') + 1), { matches, exception: false, literal: '' });
  }
}

const mayBeGlob = /[*?[\](){}!+@\\]/;

interface PatternParts {
  readonly text: string;
  /** What it stands for, its braces spelled out; undefined where that is too much. */
  readonly globs: readonly string[] | undefined;
  readonly exception: boolean;
}

/** `!(…)` is no exception, but a glob: all names but some. */
function partsOf(pattern: string): PatternParts {
  const exception = pattern.startsWith('!') && !pattern.startsWith('!(');
  const text = plainPath(exception ? pattern.slice(1) : pattern);
  return { text, globs: alternativesOf(text)?.map(plainPath), exception };
}

/** A path as it is compared: one slash between names, no `.`, and no `/` or `/**` at its end, since it covers what is below. */
function plainPath(path: string): string {
  return path
    .replaceAll(/\/(?:\.?\/)+/g, '/')
    .replace(/^(?:\.\/)+/, '')
    .replace(/(?:\/\.?|\/\*\*)+$/, '');
}

/** A pattern over paths without their first slash: one that begins with a slash is a whole path, others are found anywhere. */
function rooted(glob: string): string {
  return glob.startsWith('/') ? glob.slice(1) : `**/${glob}`;
}

function push(map: Map<string, Rule[]>, key: string, rule: Rule): void {
  map.set(key, [...(map.get(key) ?? []), rule]);
}

/**
 * Names that some file system takes for one are one here: upper case and lower case of every letter (by way of the upper
 * case, which makes `ſ` an `s`), either composition, and without the characters that HFS+ leaves out of a comparison.
 */
function fold(path: string): string {
  const simple = isAscii(path) ? path : path.normalize('NFC').replaceAll(ignorable, '').toUpperCase();
  return simple.toLowerCase().replaceAll(sep, '/');
}

const ignorable = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}
