import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { escaped } from '../sandbox/failure.ts';
import { PathParameter, readOnly } from './parameters.ts';

/** What is in a zip file. */
export const archiveList = defineTool({
  name: 'archive_list',
  title: 'List Archive',
  description: 'Lists what is in a zip file, without unpacking it.',
  input: v.strictObject({
    path: PathParameter,
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.description('Entries to return at most')), 1000),
  }),
  output: v.object({
    entries: v.array(
      v.object({ name: v.string(), kind: v.picklist(['file', 'directory', 'link', 'special']), size: v.number() }),
    ),
    total: v.number(),
    size: v.number(),
    truncated: v.boolean(),
  }),
  annotations: readOnly,
  toText: ({ entries, total, truncated }) =>
    [
      ...entries.map(({ name, size }) => `${String(size).padStart(10)} ${escaped(name)}`),
      ...(truncated ? [`[${entries.length} of ${total} entries shown; raise limit]`] : []),
    ].join('\n'),
  async handler({ deps }: ToolContext<FilesystemDeps>, { path, limit }) {
    const { archiveEntries, archiveBytes, entries: most } = deps.limits;
    return deps.sandbox.use(path, { access: 'read' }, (place) =>
      place.withFile(async (file) => {
        const { readEntries } = await import('../archive/zip-reader.ts');
        const all = await readEntries(file, { entries: archiveEntries, bytes: archiveBytes });
        const entries = all.slice(0, Math.min(limit, most)).map(({ name, kind, size }) => ({ name, kind, size }));
        const size = all.reduce((sum, entry) => sum + entry.size, 0);
        return { entries, total: all.length, size, truncated: entries.length < all.length };
      }),
    );
  },
});
