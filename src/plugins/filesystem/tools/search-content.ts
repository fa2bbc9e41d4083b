import { closeSync } from 'node:fs';
import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { pathBelow } from '../sandbox/directory.ts';
import { escaped } from '../sandbox/failure.ts';
import { checkFileFilter, checkGlobs } from '../search/glob.ts';
import { compileMatcher } from '../search/line-matcher.ts';
import { endedEarly, Flag, Globs, PathParameter, readOnly } from './parameters.ts';
import { unreadableLine, unreadableOutput } from './unreadable-output.ts';

const Match = v.object({
  path: v.string(),
  line: v.number(),
  column: v.number(),
  text: v.string(),
  before: v.optional(v.array(v.string())),
  after: v.optional(v.array(v.string())),
});

const Output = v.object({
  matches: v.array(Match),
  files: v.array(v.object({ path: v.string(), count: v.number() })),
  total: v.number(),
  files_with_matches: v.number(),
  skipped_large: v.optional(v.number()),
  skipped_binary: v.optional(v.number()),
  skipped_unreadable: v.optional(v.number()),
  unreadable: v.optional(v.array(v.string())),
  left: v.number(),
  truncated: v.boolean(),
  stopped: v.optional(v.string()),
});

/** Finds lines by their content. Every match is read by our own confined walk, whatever found the file. */
export const searchContent = defineTool({
  name: 'search_content',
  title: 'Search Content',
  description:
    'Searches the contents of a file, or of all files below a directory, for text or a regular expression and returns matching lines, files, or counts. Protected files (.env, keys and what else is configured) are not searched.',
  input: v.strictObject({
    path: PathParameter,
    query: v.pipe(
      v.string(),
      v.nonEmpty(),
      v.description('Text to find, or an RE2 regular expression with regex: true'),
    ),
    regex: Flag('Read the query as a regular expression, line by line', false),
    glob: Globs("Only files that match one of these globs, such as '*.ts'; '!glob' leaves out"),
    excludePatterns: Globs('Globs of paths to leave out, with what is below them'),
    case: v.optional(
      v.pipe(
        v.picklist(['sensitive', 'insensitive', 'smart']),
        v.description('smart: insensitive unless the query has capitals'),
      ),
      'sensitive',
    ),
    word: Flag('Match whole words only', false),
    context: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20), v.description('Lines around each match')),
      0,
    ),
    max_results: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.description('Matches or files to return')),
      200,
    ),
    output: v.optional(v.pipe(v.picklist(['content', 'files', 'count']), v.description('What to return')), 'content'),
    gitignore: Flag('Leave out what .gitignore files name', true),
  }),
  output: Output,
  annotations: readOnly,
  toText: (output) => [...lines(output), summary(output)].join('\n'),
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, input) {
    const { query, regex, word, context, output, gitignore, glob, excludePatterns } = input;
    checkGlobs([...glob, ...excludePatterns]);
    checkFileFilter(glob);
    const caseSensitive = input.case === 'sensitive' || (input.case === 'smart' && /\p{Lu}/u.test(query));
    compileMatcher({ query, regex, caseSensitive, word, linearOnly: true });
    const maxResults = Math.min(input.max_results, deps.limits.entries);
    const request = {
      query,
      regex,
      caseSensitive,
      word,
      glob,
      excludePatterns,
      context,
      output,
      maxResults,
      gitignore,
    };
    return deps.sandbox.use(input.path, { access: 'read' }, async (place) => {
      if (place.stats?.isFile()) closeSync(place.openFile().fd); // throws where it may not be read
      const found = await deps.search.content(place, request, signal);
      const { path: base } = deps.search.baseOf(place);
      const shown = output === 'content' ? found.matches.length : found.files.length;
      const left = (output === 'content' ? found.total : found.filesWithMatches) - shown;
      return {
        matches: found.matches.map((match) => ({ ...match, path: pathBelow(base, match.path) })),
        files: found.files.map(({ path, count }) => ({ path: pathBelow(base, path), count })),
        total: found.total,
        files_with_matches: found.filesWithMatches,
        skipped_large: found.skippedLarge,
        skipped_binary: found.skippedBinary,
        ...unreadableOutput(found.unreadable, base),
        left,
        truncated: left > 0 || found.stopped !== undefined,
        ...(found.stopped === undefined ? {} : { stopped: found.stopped }),
      };
    });
  },
});

function lines({ matches, files }: v.InferOutput<typeof Output>): string[] {
  const context = (path: string, line: number, text: string) => `${escaped(path)}-${line}-${escaped(text)}`;
  return [
    ...matches.flatMap(({ path, line, column, text, before = [], after = [] }) => [
      ...before.map((one, index) => context(path, line - before.length + index, one)),
      `${escaped(path)}:${line}:${column}:${escaped(text)}`,
      ...after.map((one, index) => context(path, line + 1 + index, one)),
    ]),
    ...files.map(({ path, count }) => `${escaped(path)}: ${count}`),
  ];
}

function summary(output: v.InferOutput<typeof Output>): string {
  const {
    total,
    left,
    stopped,
    skipped_large: large = 0,
    skipped_binary: binary = 0,
    files_with_matches: files,
  } = output;
  const early = stopped === undefined ? [] : [endedEarly(stopped)];
  const skipped = [
    ...(large > 0 ? [`[${large} files were too large to search (limits.searchFileBytes)]`] : []),
    ...(binary > 0 ? [`[${binary} binary files have a match and are left out]`] : []),
    ...unreadableLine(output),
  ];
  if (total === 0) return ['No matches found', ...early, ...skipped].join('\n');
  const rest = left > 0 ? `; ${left} not shown: narrow the query, glob or path` : '';
  return [`[${total} matching lines in ${files} files${rest}]`, ...early, ...skipped].join('\n');
}
