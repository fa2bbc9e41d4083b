import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { escaped } from '../sandbox/failure.ts';
import { checkGlobs } from '../search/glob.ts';
import type { TreeNode } from '../search/job.ts';
import { Flag, Globs, PathParameter, readOnly, Whole } from './parameters.ts';

/** The tree below a directory, links not followed. */
export const directoryTree = defineTool({
  name: 'directory_tree',
  title: 'Directory Tree',
  description: 'Returns the tree below a directory as nested JSON (name, type, children), or as indented text.',
  input: v.strictObject({
    path: PathParameter,
    excludePatterns: Globs('Globs to leave out; a plain name is left out everywhere'),
    max_depth: Whole('Levels to show'),
    max_entries: Whole('Entries to show in all'),
    gitignore: Flag('Leave out what .gitignore files name', false),
    format: v.optional(v.pipe(v.picklist(['json', 'text']), v.description('Form of the text content')), 'json'),
  }),
  output: v.object({
    tree: v.array(v.record(v.string(), v.unknown())),
    entries: v.number(),
    truncated: v.boolean(),
    stopped: v.optional(v.string()),
    format: v.picklist(['json', 'text']),
  }),
  annotations: readOnly,
  toText: ({ tree, truncated, stopped, entries, format }) => {
    const nodes = tree as unknown as TreeNode[];
    const body = format === 'text' ? indented(nodes, '').join('\n') : JSON.stringify(nodes, null, 2);
    if (!truncated) return body;
    const why = stopped === undefined ? '' : ` because ${stopped}`;
    return `${body}\n[truncated at ${entries} entries${why}; use max_depth, excludePatterns or a subdirectory]`;
  },
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, input) {
    checkGlobs(input.excludePatterns);
    const { limits } = deps;
    const request = {
      excludePatterns: input.excludePatterns,
      gitignore: input.gitignore,
      treeDepth: Math.min(input.max_depth ?? limits.treeDepth, limits.treeDepth),
      maxResults: Math.min(input.max_entries ?? limits.entries, limits.entries),
    };
    return deps.sandbox.use(input.path, { access: 'list' }, async (place) => {
      const { tree, shown, cut, stopped } = await deps.search.tree(place, request, signal);
      const nodes = tree as unknown as Record<string, unknown>[];
      const truncated = cut || stopped !== undefined;
      return {
        tree: nodes,
        entries: shown,
        truncated,
        ...(stopped === undefined ? {} : { stopped }),
        format: input.format,
      };
    });
  },
});

function indented(nodes: readonly TreeNode[], indent: string): string[] {
  return nodes.flatMap(({ name, type, children, unreadable, protected: isProtected }) => [
    `${indent}${escaped(name)}${type === 'directory' ? '/' : type === 'symlink' ? '@' : ''}${unreadable ? ' [cannot be read]' : ''}${isProtected ? ' [protected]' : ''}`,
    ...indented(children ?? [], `${indent}  `),
  ]);
}
