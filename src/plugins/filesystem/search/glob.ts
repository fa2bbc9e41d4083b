import { GatewayError } from '../../../core/errors.ts';
import { compileGlob } from '../sandbox/glob-matcher.ts';

const longestPattern = 500;
const mostPatterns = 100;
const mostBraces = 12;
const mostStars = 24;

/** Throws `invalid_input` for a glob that is not worth its cost: too long, or with too many braces or stars. */
export function checkGlobs(patterns: readonly string[]): void {
  if (patterns.length > mostPatterns) throw tooComplex(`more than ${mostPatterns} patterns`);
  for (const pattern of patterns) {
    if (pattern.length > longestPattern) throw tooComplex(`more than ${longestPattern} characters`);
    if (pattern.split('{').length - 1 > mostBraces) throw tooComplex(`more than ${mostBraces} braces`);
    if (pattern.split(/\*+/).length - 1 > mostStars) throw tooComplex(`more than ${mostStars} stars`);
    if (/[+*@?!]\([^)]*[+*]\(/.test(pattern)) throw tooComplex('nested repeated groups');
  }
}

function tooComplex(why: string): GatewayError {
  return new GatewayError('invalid_input', `The glob is too complex: ${why}. Search with a simpler one.`);
}

export type PathTest = (relative: string) => boolean;

/**
 * One glob over paths relative to the directory searched; dot files match. `*` stays in one directory, `**` does not.
 * `dir/**` is what is in `dir` and not `dir` itself, as minimatch and so the reference server have it.
 * Throws `invalid_input` for one that cannot be matched in bounded time.
 */
export function globTest(pattern: string): PathTest {
  const matches = compileGlob(pattern);
  if (!matches)
    throw tooComplex(
      '!(…) beside more than a few stars and groups, or braces that stand for more than 1000 globs, or no glob at all',
    );
  return matches;
}

/** Any of the globs, `dir/` being `dir` as in ignore files; none matches nothing. */
export function anyGlob(patterns: readonly string[]): PathTest {
  const tests = patterns.map((pattern) => globTest(pattern.replace(/(?<=[^/])\/+$/, '')));
  return (relative) => tests.some((test) => test(relative));
}

/** Exclusions of a tree: a pattern without a star is a name or path anywhere, with everything below it. */
export function treeExclusion(patterns: readonly string[]): PathTest {
  const isAnywhere = (pattern: string) => !pattern.includes('*') && !namesNothing(pattern);
  return anyGlob(
    patterns.flatMap((pattern) => (isAnywhere(pattern) ? [pattern, `**/${pattern}`, `**/${pattern}/**`] : [pattern])),
  );
}

/** Whether there is no name in a glob: it is empty, or only slashes. */
function namesNothing(pattern: string): boolean {
  return /^\/*$/.test(pattern);
}

/** Throws `invalid_input` for a filter of file names that names none: no file could pass it. */
export function checkFileFilter(patterns: readonly string[]): void {
  const empty = patterns.find(namesNothing);
  if (empty === undefined) return;
  throw new GatewayError(
    'invalid_input',
    `glob: ${JSON.stringify(empty)} names no file. Leave glob out to search all files, or give one such as '*.ts'.`,
  );
}

/** A filter of file names as ripgrep's `--glob`: a pattern without a slash is tried at every depth, `!` excludes. */
export function fileFilter(patterns: readonly string[]): PathTest {
  const anywhere = (pattern: string) => (pattern.includes('/') ? pattern.replace(/^\//, '') : `**/${pattern}`);
  const leavesOut = (pattern: string) => /^!(?!\()/.test(pattern); // !(…) is a glob: all names but some
  const wanted = patterns.filter((pattern) => !leavesOut(pattern)).map(anywhere);
  const unwanted = patterns
    .filter((pattern) => leavesOut(pattern) && !namesNothing(pattern.slice(1)))
    .map((pattern) => anywhere(pattern.slice(1)));
  const isWanted = anyGlob(wanted);
  const isUnwanted = anyGlob(unwanted.flatMap((pattern) => [pattern, `${pattern}/**`]));
  return (relative) => (wanted.length === 0 || isWanted(relative)) && !isUnwanted(relative);
}
