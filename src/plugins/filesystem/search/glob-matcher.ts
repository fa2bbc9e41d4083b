import picomatch from 'picomatch';
import { RE2JS } from 're2js';

const options = { dot: true, nonegate: true };
/** Stars that V8, which tries them in all ways, may be given: in all, and within names. */
const forV8 = { stars: 3, inNames: 2 };
/** The same for a glob with `!(…)`, which only V8 can do. */
const forNegation = { stars: 5, inNames: 3 };
const longestForV8 = 512;

/** What keeps `.` and `..` out in picomatch's expressions; no path of a walk has them. */
const dotGuards = ['(?!(?:^|\\/)\\.{1,2}(?:\\/|$))', '(?!\\.{1,2}(?:\\/|$))'];

/**
 * One glob in picomatch's language, dot files included, in time that grows with the length of a path alone: few stars
 * with V8, which backtracks, more of them and long paths with RE2, which does not. Undefined where neither can. An empty
 * glob matches nothing, since no path is empty.
 */
export function compileGlob(pattern: string): ((path: string) => boolean) | undefined {
  if (pattern === '') return () => false;
  const source = withoutGuards(picomatch.makeRe(pattern, options).source);
  const fast = picomatch(pattern, options);
  if (source.includes('(?!')) return isWithin(source, forNegation) ? (path) => fast(path) : undefined;
  const linear = compileLinear(source);
  const isCheap = isWithin(source, forV8);
  if (!linear) return isCheap ? (path) => fast(path) : undefined;
  return (path) => (isCheap && path.length <= longestForV8 ? fast(path) : path === pattern || linear.matches(path));
}

/** The expression without its lookaheads but for those of `!(…)`: a name is never empty. */
function withoutGuards(source: string): string {
  return dotGuards
    .reduce((rest, guard) => rest.replaceAll(guard, ''), source)
    .replaceAll(/\(\?=\.\)\[\^\/\]\*\?(?=\)|(?:\(\?:)?\\\/)/g, '[^/]+?') // a whole name
    .replaceAll('(?=.)', '')
    .replaceAll('(?:.)*?', '.*?');
}

/** Whether V8 finds its way through soon enough: nothing is repeated in what is repeated, and few things are. */
function isWithin(source: string, most: { stars: number; inNames: number }): boolean {
  const stars = source.match(/[*+]/g)?.length ?? 0;
  const inPaths = source.split('.*?').length - 1;
  return !/\)[*+]/.test(source) && stars <= most.stars && stars - inPaths <= most.inNames;
}

function compileLinear(source: string): RE2JS | undefined {
  try {
    return RE2JS.compile(source);
  } catch {
    return undefined; // an escape that only V8 knows
  }
}
