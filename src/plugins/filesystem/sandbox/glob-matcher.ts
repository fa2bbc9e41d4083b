import { GLOBSTAR, Minimatch } from 'minimatch';
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
/** The same beside `!(…)`, which only V8 can do. */
const mostStarsInNegation = 3;
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
  const glob = new Minimatch(pattern.replace(/^(?:\.\/)+(?=.)/, ''), options);
  if (glob.braceExpand().length > mostAlternatives) return undefined;
  const tests: ((path: string) => boolean)[] = [];
  for (const parts of glob.set) {
    const test = pathTest(parts.map(nameTest));
    if (!test) return undefined;
    tests.push(test);
  }
  const [first] = tests;
  return first && tests.length === 1 ? first : (path) => tests.some((test) => test(path));
}

/** The globs that one with braces stands for; undefined where they are too many. */
export function alternativesOf(pattern: string): readonly string[] | undefined {
  const all = new Minimatch(pattern, options).braceExpand();
  return all.length > mostAlternatives ? undefined : all;
}

function nameTest(part: string | RegExp | typeof GLOBSTAR): Part | undefined {
  if (part === GLOBSTAR) return part;
  if (typeof part === 'string') return (name) => name === part;
  if (part instanceof RegExp) return Object.hasOwn(part, 'test') ? (name) => part.test(name) : expressionTest(part);
  return undefined;
}

function expressionTest(expression: RegExp): NameTest | undefined {
  const source = expression.source.replaceAll(dotGuard, '').replaceAll(dotGuard.replaceAll('/', '\\/'), '');
  const stars = source.match(/[*+]/g)?.length ?? 0;
  const isRepeated = /\)[*+]/.test(source);
  const fast: NameTest = (name) => expression.test(name);
  if (source.includes('(?!')) return !isRepeated && stars <= mostStarsInNegation ? fast : undefined;
  if (!isRepeated && stars <= mostStars) return fast;
  const linear = compileLinear(source);
  return linear && ((name) => linear.matches(name));
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
