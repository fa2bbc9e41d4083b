import { braceExpand, GLOBSTAR, Minimatch } from 'minimatch';
import { RE2JS } from 're2js';

const mostAlternatives = 1000;
const options = {
  dot: true,
  nonegate: true,
  nocomment: true,
  platform: 'linux',
  braceExpandMax: mostAlternatives + 1,
} as const;
/** Stars within a name that V8, which tries them in all ways, may be given. */
const mostStars = 2;
/** The same beside `!(…)`, which only V8 can do, and groups, each of which may be taken in several ways. */
const mostStarsInNegation = 3;
const mostGroupsInNegation = 5;
/** What keeps `.` and `..` out in minimatch's expressions; no path of a walk has them. */
const dotGuard = '(?!(?:^|/)\\.\\.?(?:$|/))';

type NameTest = (name: string) => boolean;
/** What a glob says of each name on a path; GLOBSTAR stands for any number of names. */
type Part = NameTest | typeof GLOBSTAR;

/**
 * One glob in minimatch's language, which the reference server's tools have too, dot files included, over paths with `/`,
 * in time that grows with the length of a path alone: few stars in a name with V8, which backtracks, more with RE2, which
 * does not. Undefined where neither can, or the braces stand for too many globs. An empty glob matches nothing, since no
 * path is empty.
 */
export function compileGlob(pattern: string): ((path: string) => boolean) | undefined {
  if (pattern === '') return () => false;
  const glob = parse(pattern.replace(/^(?:\.\/)+(?=.)/, ''));
  if (!glob || glob.braceExpand().length > mostAlternatives) return undefined;
  const tests: ((path: string) => boolean)[] = [];
  for (const parts of glob.set) {
    const test = pathTest(parts.map(nameTest));
    if (!test) return undefined;
    tests.push(test);
  }
  const [first] = tests;
  return first && tests.length === 1 ? first : (path) => tests.some((test) => test(path));
}

/**
 * minimatch takes `[[:digit:]]` for a class of Unicode, and then fails where a `-` or a space is beside it: there it is
 * ASCII's. Undefined for what it cannot parse at all.
 */
function parse(pattern: string): Minimatch | undefined {
  const inAscii = pattern.replaceAll(/\[:(\w+):\]/g, (text, name: string) => asciiClasses[name] ?? text);
  for (const one of [pattern, inAscii]) {
    try {
      return new Minimatch(one, options);
    } catch {
      // An expression that is none: the second way is tried, or the pattern refused.
    }
  }
  return undefined;
}

const asciiClasses: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  blank: ' \t',
  digit: '0-9',
  lower: 'a-z',
  space: ' \t\n\v\f\r',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** The globs that one with braces stands for; undefined where they are too many. */
export function alternativesOf(pattern: string): readonly string[] | undefined {
  const all = braceExpand(pattern, options);
  return all.length > mostAlternatives ? undefined : all;
}

function nameTest(part: string | RegExp | typeof GLOBSTAR): Part | undefined {
  if (part === GLOBSTAR) return part;
  if (typeof part === 'string') return (name) => name === part;
  return part instanceof RegExp ? expressionTest(part) : undefined;
}

function expressionTest(expression: RegExp): NameTest | undefined {
  const source = expression.source.replaceAll(dotGuard, '').replaceAll(dotGuard.replaceAll('/', '\\/'), '');
  const stars = source.match(/[*+]/g)?.length ?? 0;
  const groups = source.split('(?:').length - 1;
  const fast: NameTest = (name) => expression.test(name);
  if (source.includes('(?!')) {
    const isBounded = !/\)[*+?]/.test(source) && stars <= mostStarsInNegation && groups <= mostGroupsInNegation;
    return isBounded ? fast : undefined;
  }
  const isFast = Object.hasOwn(expression, 'test') || (groups === 0 && stars <= mostStars);
  let linear = isFast ? undefined : compileLinear(source);
  if (!isFast) return linear && ((name) => linear?.matches(name) === true);
  const slow: NameTest = (name) => {
    linear ??= compileLinear(source);
    return linear?.matches(name) ?? fast(name);
  };
  // V8 would take a character beyond U+FFFF for two.
  return (name) => (/[\ud800-\udfff]/.test(name) ? slow(name) : fast(name));
}

function compileLinear(source: string): RE2JS | undefined {
  try {
    return RE2JS.compile(source);
  } catch {
    return undefined; // something that only V8 knows
  }
}

function pathTest(parts: readonly (Part | undefined)[]): ((path: string) => boolean) | undefined {
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length) return undefined;
  const [first, second] = known;
  if (known.length === 1 && typeof first === 'function') return (path) => !path.includes('/') && first(path);
  if (known.length === 2 && first === GLOBSTAR && typeof second === 'function')
    return (path) => second(path.slice(path.lastIndexOf('/') + 1));
  return (path) => matchesParts(path.split('/'), known);
}

/** Where a part fails, the last `**` before it takes one name more: it could have taken it from the beginning. */
function matchesParts(names: readonly string[], parts: readonly Part[]): boolean {
  let name = 0;
  let part = 0;
  let afterStar = -1;
  let taken = 0;
  while (name < names.length) {
    const test = parts[part];
    if (test === GLOBSTAR) {
      if (part === parts.length - 1) return true; // what is in a directory: at least one name
      part++;
      afterStar = part;
      taken = name;
    } else if (test?.(names[name] ?? '')) {
      part++;
      name++;
    } else if (afterStar !== -1) {
      part = afterStar;
      taken++;
      name = taken;
    } else return false;
  }
  return part === parts.length;
}
