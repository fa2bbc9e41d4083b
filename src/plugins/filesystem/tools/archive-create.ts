import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { inWords } from '../archive/first-names.ts';
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
    unpackable: v.number(),
    unpackable_names: v.array(v.string()),
    change_id: v.optional(v.string()),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  toText: ({ destination, entries, skipped, unpackable, unpackable_names }) => {
    const others = skipped - unpackable;
    const left = others > 0 ? ` (${others} links, special, protected, mounted or temporary entries left out)` : '';
    const named = `${unpackable} left out since no archive may have their names (a backslash, control characters, or a path too long): ${inWords(unpackable_names, unpackable)}; rename them to pack them`;
    return `Packed ${entries} entries into ${destination}${left}${unpackable > 0 ? ` (${named})` : ''}`;
  },
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
      const rules = {
        signal,
        pace: new TreePace({ maxEntries: deps.limits.walkEntries, signal }),
        maxEntries: deps.limits.archiveEntries,
        maxBytes: deps.limits.archiveBytes,
        mayRead: deps.sandbox.entryTest(from.root),
      };
      const change = deps.change('archive_create', signal);
      const slot = slotOf(from);
      const { nothingPacked, packSources } = await import('../archive/pack-sources.ts');
      const { pack } = await import('../archive/zip-writer.ts');
      const count = nothingPacked();
      await change.writeChunks(to, pack(packSources(slot, slot.name, count, rules)), { replaces: undefined });
      const { files: entries, ...rest } = count;
      const id = change.id === undefined ? {} : { change_id: change.id };
      return { destination: printable(destination), entries, ...rest, ...id };
    });
  },
});
