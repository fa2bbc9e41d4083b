import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { inWords } from '../archive/first-names.ts';
import { destinationExists } from '../changes/destination-exists.ts';
import type { FilesystemDeps } from '../deps.ts';
import { pathOf } from '../io/tree.ts';
import { pathBelow } from '../sandbox/directory.ts';
import { printable } from '../sandbox/failure.ts';
import { PathParameter } from './parameters.ts';

/** Unpacks a zip file into a directory of its own. */
export const archiveExtract = defineTool({
  name: 'archive_extract',
  title: 'Extract Archive',
  description: 'Unpacks a zip file into a directory that must not exist yet; links and protected files are left out.',
  input: v.strictObject({
    path: PathParameter,
    destination: v.pipe(v.string(), v.description('Directory to make and unpack into')),
  }),
  output: v.object({
    destination: v.string(),
    files: v.number(),
    directories: v.number(),
    skipped: v.number(),
    skipped_names: v.array(v.string()),
    note: v.optional(v.string()),
    change_id: v.optional(v.string()),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  toText: ({ destination, files, directories, skipped, skipped_names, note }) => {
    const named = inWords(skipped_names, skipped);
    const rest = skipped > 0 ? ` (${skipped} links, special or protected entries left out: ${named})` : '';
    return `Extracted ${files} files and ${directories} directories into ${destination}${rest}${note === undefined ? '' : `. ${note}.`}`;
  },
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { path, destination }) {
    const { archiveEntries: entries, archiveBytes: bytes } = deps.limits;
    const read = { path, intent: { access: 'read' } } as const;
    const write = { path: destination, intent: { access: 'write', follow: false } } as const;
    return deps.sandbox.usePair(read, write, async (from, to) => {
      to.requireParent();
      if (to.stats) throw destinationExists(to, false);
      const change = deps.change('archive_extract', signal);
      let note: string | undefined;
      const done = await from.withFile(async (file) => {
        const { boundedEntries } = await import('../archive/bounded-entries.ts');
        const { extract } = await import('../archive/extract.ts');
        const { cp437Note } = await import('../archive/zip-names.ts');
        const listed = await boundedEntries(file, { entries, bytes }, signal);
        note = cp437Note(listed.filter(({ isCp437 }) => isCp437).length);
        return change.makeTree(to, (made) => {
          const pathIn = (base: string, names: readonly string[]) => names.reduce(pathBelow, base);
          const mayWrite = (names: readonly string[]) =>
            !deps.sandbox.isWriteProtected(pathIn(to.path, names), pathIn(pathOf(made), names));
          return extract(file, listed, made, { signal, maxEntries: entries, mayWrite });
        });
      });
      return {
        destination: printable(destination),
        ...done,
        ...(note === undefined ? {} : { note }),
        ...(change.id === undefined ? {} : { change_id: change.id }),
      };
    });
  },
});
