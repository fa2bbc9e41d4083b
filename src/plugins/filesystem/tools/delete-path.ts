import { readdirSync } from 'node:fs';
import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { slotOf } from '../changes/change.ts';
import type { FilesystemDeps } from '../deps.ts';
import type { Directory } from '../sandbox/directory.ts';
import { printable } from '../sandbox/failure.ts';
import { requireNoRootInside, requireUnprotectedTree } from '../sandbox/tree-permission.ts';
import { Flag, PathParameter } from './parameters.ts';

/** Deletes into the trash; a link is deleted itself, never what it points to. */
export const deletePath = defineTool({
  name: 'delete_path',
  title: 'Delete Path',
  description: 'Deletes a file, link or directory into a trash from which undo_change brings it back.',
  input: v.strictObject({
    path: PathParameter,
    recursive: Flag('Delete a directory that is not empty', false),
    permanent: Flag('Delete for good, not into the trash', false),
  }),
  output: v.object({ path: v.string(), recoverable: v.boolean(), change_id: v.optional(v.string()) }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  toText: ({ path, recoverable, change_id }) =>
    recoverable
      ? `Successfully deleted ${path} (bring it back with undo_change, change_id: "${change_id ?? ''}")`
      : `Successfully deleted ${path} for good`,
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { path, recursive, permanent }) {
    return deps.sandbox.use(path, { access: 'write', follow: false }, (place) =>
      deps.locks.run(place.path, async () => {
        const from = slotOf(place);
        if (place.existing.isDirectory()) {
          requireNoRootInside(deps.sandbox, place.path);
          if (!recursive) requireEmpty(place.openDirectory(), path);
          const { walkEntries: maxEntries } = deps.limits;
          await requireUnprotectedTree(deps.sandbox, { from, fromPath: place.path, maxEntries, signal });
        }
        const change = deps.change('delete_path', signal);
        const recoverable = await change.remove(place, permanent);
        return { path: printable(path), recoverable, ...(change.id === undefined ? {} : { change_id: change.id }) };
      }),
    );
  },
});

function requireEmpty(directory: Directory, path: string): void {
  try {
    if (readdirSync(directory.self).length === 0) return;
  } finally {
    directory.close();
  }
  throw new GatewayError(
    'invalid_input',
    `ENOTEMPTY: ${printable(path)} is not empty. Set recursive: true to delete it with everything in it.`,
  );
}
