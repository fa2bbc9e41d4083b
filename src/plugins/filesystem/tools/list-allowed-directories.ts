import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { noRoots } from '../sandbox/sandbox.ts';
import { readOnly } from './parameters.ts';

/** Names the roots, so that a model knows where it may look and write. */
export const listAllowedDirectories = defineTool({
  name: 'list_allowed_directories',
  title: 'List Allowed Directories',
  description: 'Lists the directories that the tools may access, each with its rights: ro or rw.',
  input: v.strictObject({}),
  output: v.object({
    directories: v.array(
      v.object({ path: v.string(), rights: v.picklist(['ro', 'rw']), trouble: v.optional(v.string()) }),
    ),
    note: v.optional(v.string()),
  }),
  annotations: readOnly,
  toText: ({ directories, note }) =>
    note ??
    `Allowed directories:\n${directories.map(({ path, trouble }) => (trouble === undefined ? path : `${path} [${trouble}]`)).join('\n')}`,
  handler({ deps }: ToolContext<FilesystemDeps>) {
    const { roots } = deps.sandbox;
    return {
      ...(roots.length === 0 ? { note: noRoots } : {}),
      directories: roots.flatMap((root) => {
        const { configured, real, rights } = root;
        const trouble = root.trouble();
        const more = trouble === undefined ? {} : { trouble };
        return [...new Set([configured, real])].map((path) => ({ path, rights, ...more }));
      }),
    };
  },
});
