import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { pathBelow } from '../sandbox/directory.ts';
import { escaped } from '../sandbox/failure.ts';
import { checkGlobs } from '../search/glob.ts';
import { endedEarly, Flag, Globs, PathParameter, readOnly, Whole } from './parameters.ts';
import { unreadableLine, unreadableOutput } from './unreadable-output.ts';

/** Finds files and directories by a glob over their path. */
export const searchFiles = defineTool({
  name: 'search_files',
  title: 'Search Files',
  description:
    "Finds files and directories whose path matches a glob: '*.ext' in the directory itself, '**/*.ext' at any depth.",
  input: v.strictObject({
    path: PathParameter,
    pattern: v.pipe(v.string(), v.nonEmpty(), v.description('Glob over paths relative to the directory')),
    excludePatterns: Globs('Globs to leave out, with what is below them'),
    type: v.optional(
      v.pipe(v.picklist(['any', 'file', 'directory', 'symlink']), v.description('Kind of entry')),
      'any',
    ),
    max_results: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.description('Paths to return at most')),
      1000,
    ),
    gitignore: Flag('Leave out what .gitignore files name', false),
    modified_after: v.optional(v.pipe(v.string(), v.description('Only entries modified after this ISO 8601 time'))),
    min_size: Whole('Only files of at least this many bytes', 0),
    max_size: Whole('Only files of at most this many bytes', 0),
  }),
  output: v.object({
    paths: v.array(v.string()),
    total: v.number(),
    truncated: v.boolean(),
    skipped_unreadable: v.optional(v.number()),
    unreadable: v.optional(v.array(v.string())),
    stopped: v.optional(v.string()),
  }),
  annotations: readOnly,
  toText: (output) => {
    const { paths, total, stopped } = output;
    const found = paths.length > 0 ? paths.map(escaped) : ['No matches found'];
    const more = stopped === undefined ? '' : ' or more';
    if (total > paths.length)
      found.push(`[${paths.length} of ${total}${more} shown; narrow the pattern or the directory]`);
    if (stopped !== undefined) found.push(endedEarly(stopped));
    return [...found, ...unreadableLine(output)].join('\n');
  },
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, input) {
    if (/^!(?!\()/.test(input.pattern)) {
      throw new GatewayError(
        'invalid_input',
        "A pattern that begins with ! is not negated here: use pattern: '**' and put what is to be left out into excludePatterns. For a name that begins with !, write \\! for it.",
      );
    }
    checkGlobs([input.pattern, ...input.excludePatterns]);
    const request = {
      pattern: input.pattern,
      excludePatterns: input.excludePatterns,
      type: input.type,
      gitignore: input.gitignore,
      maxResults: Math.min(input.max_results, deps.limits.entries),
      modifiedAfter: timeOf(input.modified_after),
      minSize: input.min_size,
      maxSize: input.max_size,
    };
    return deps.sandbox.use(input.path, { access: 'list' }, async (place) => {
      const { paths, total, unreadable, stopped } = await deps.search.names(place, request, signal);
      return {
        paths: paths.map((path) => pathBelow(place.path, path)),
        total,
        truncated: stopped !== undefined || total > paths.length,
        ...unreadableOutput(unreadable, place.path),
        ...(stopped === undefined ? {} : { stopped }),
      };
    });
  },
});

function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new GatewayError('invalid_input', 'modified_after: not an ISO 8601 time, such as 2026-01-31T12:00:00Z.');
}
