import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { PackCount } from '../archive/pack-sources.ts';
import { slotOf } from '../changes/change.ts';
import { destinationExists } from '../changes/destination-exists.ts';
import type { FilesystemDeps } from '../deps.ts';
import { TreePace } from '../io/tree-bounds.ts';
import { printable } from '../sandbox/failure.ts';
import { refuseSpecial } from '../sandbox/place.ts';
import { isWithin } from '../sandbox/root.ts';
import { PathParameter } from './parameters.ts';

/** Packs a file or directory into a new zip file. */
export const archiveCreate = defineTool({
  name: 'archive_create',
  title: 'Create Archive',
  description: 'Packs a file or directory into a new zip file; links and protected files are left out.',
  input: v.strictObject({
    source: PathParameter,
    destination: v.pipe(v.string(), v.description('Zip file to make; must not exist yet, nor be inside the source')),
  }),
  output: v.object({
    destination: v.string(),
    entries: v.number(),
    bytes: v.number(),
    skipped: v.number(),
    change_id: v.optional(v.string()),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  toText: ({ destination, entries, skipped }) =>
    `Packed ${entries} entries into ${destination}${skipped > 0 ? ` (${skipped} links, special, protected or mounted entries left out)` : ''}`,
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { source, destination }) {
    const read = { path: source, intent: { access: 'read' } } as const;
    const write = { path: destination, intent: { access: 'write', follow: false } } as const;
    return deps.sandbox.usePair(read, write, async (from, to) => {
      to.requireParent();
      to.requireFileName();
      if (to.stats) throw destinationExists(to, false);
      if (!from.existing.isDirectory()) refuseSpecial(from.existing, from.requested);
      if (isWithin(from.path, to.path)) {
        throw new GatewayError(
          'invalid_input',
          'The archive cannot be inside what it packs. Choose another destination.',
        );
      }
      const count: PackCount = { files: 0, bytes: 0, skipped: 0 };
      const rules = {
        signal,
        pace: new TreePace({ maxEntries: deps.limits.walkEntries, signal }),
        maxEntries: deps.limits.archiveEntries,
        maxBytes: deps.limits.archiveBytes,
        mayRead: deps.sandbox.entryTest(from.root),
      };
      const change = deps.change('archive_create', signal);
      const slot = slotOf(from);
      const { packSources } = await import('../archive/pack-sources.ts');
      const { pack } = await import('../archive/zip-writer.ts');
      await change.writeChunks(to, pack(packSources(slot, slot.name, count, rules)), { replaces: undefined });
      const { files: entries, bytes, skipped } = count;
      const id = change.id === undefined ? {} : { change_id: change.id };
      return { destination: printable(destination), entries, bytes, skipped, ...id };
    });
  },
});
