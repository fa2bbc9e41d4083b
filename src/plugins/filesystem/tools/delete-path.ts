import { readdirSync } from 'node:fs';
import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { TreeCheck } from '../changes/aside.ts';
import { slotOf } from '../changes/change.ts';
import type { FilesystemDeps } from '../deps.ts';
import type { Slot } from '../io/replace-file.ts';
import { printable } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';
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
        const change = deps.change('delete_path', signal);
        const check = place.existing.isDirectory() ? directoryCheck(deps, place, recursive, signal) : undefined;
        await check?.(slotOf(place)); // first where it stands: what may not go is never taken off its name
        const recoverable = await change.remove(place, permanent, check);
        return { path: printable(path), recoverable, ...(change.id === undefined ? {} : { change_id: change.id }) };
      }),
    );
  },
});

function directoryCheck(deps: FilesystemDeps, place: Place, recursive: boolean, signal: AbortSignal): TreeCheck {
  requireNoRootInside(deps.sandbox, place.path);
  const change = { fromPath: place.path, maxEntries: deps.limits.walkEntries, signal };
  return async (slot) => {
    if (!recursive) requireEmpty(slot, place.requested);
    await requireUnprotectedTree(deps.sandbox, slot, change);
  };
}

function requireEmpty({ directory, name }: Slot, path: string): void {
  const opened = directory.enter(name);
  try {
    if (readdirSync(opened.self).length === 0) return;
  } finally {
    opened.close();
  }
  throw new GatewayError(
    'invalid_input',
    `ENOTEMPTY: ${printable(path)} is not empty. Set recursive: true to delete it with everything in it.`,
  );
}
