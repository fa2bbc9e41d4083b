import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { TreeCheck } from '../changes/aside.ts';
import { slotOf } from '../changes/change.ts';
import type { FilesystemDeps } from '../deps.ts';
import { printable } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';
import { isWithin } from '../sandbox/root.ts';
import { requireNoRootInside, requireUnprotectedTree } from '../sandbox/tree-permission.ts';
import { requireWritable } from '../sandbox/write-permission.ts';
import { Flag, PathParameter } from './parameters.ts';

/** Moves or renames; an existing destination is never replaced unless asked. */
export const moveFile = defineTool({
  name: 'move_file',
  title: 'Move File',
  description:
    'Moves or renames a file or directory; fails if the destination exists, unless overwrite allows replacing a file.',
  input: v.strictObject({
    source: PathParameter,
    destination: PathParameter,
    overwrite: Flag('Replace a file that is at the destination', false),
  }),
  output: v.object({ source: v.string(), destination: v.string(), change_id: v.optional(v.string()) }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  toText: ({ source, destination }) => `Successfully moved ${source} to ${destination}`,
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { source, destination, overwrite }) {
    const intent = { access: 'write', follow: false } as const;
    const target = { path: destination, intent: { ...intent, exact: true } } as const;
    return deps.sandbox.usePair({ path: source, intent }, target, (from, to) =>
      deps.locks.run(to.path, async () => {
        to.requireParent();
        if (!from.existing.isDirectory()) to.requireFileName();
        if (overwrite && to.stats?.isFile()) requireWritable(to.stats, to);
        const check = from.existing.isDirectory() ? directoryCheck(deps, from, to, signal) : undefined;
        await check?.(slotOf(from)); // first where it stands: what may not go is never taken off its name
        const change = deps.change('move_file', signal);
        await change.move(from, to, overwrite, check);
        const moved = { source: printable(source), destination: printable(destination) };
        return { ...moved, ...(change.id === undefined ? {} : { change_id: change.id }) };
      }),
    );
  },
});

function directoryCheck(deps: FilesystemDeps, from: Place, to: Place, signal: AbortSignal): TreeCheck {
  if (from.path !== to.path && isWithin(from.path, to.path)) {
    throw new GatewayError('invalid_input', 'A directory cannot be moved into itself.');
  }
  requireNoRootInside(deps.sandbox, from.path);
  const change = { fromPath: from.path, toPath: to.path, maxEntries: deps.limits.walkEntries, signal };
  return (slot) => requireUnprotectedTree(deps.sandbox, slot, change);
}
