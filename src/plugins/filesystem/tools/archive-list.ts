import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { escaped } from '../sandbox/failure.ts';
import { PathParameter, readOnly } from './parameters.ts';

const Listed = v.object({
  name: v.string(),
  kind: v.picklist(['file', 'directory', 'link', 'special']),
  size: v.number(),
});
type Listed = v.InferOutput<typeof Listed>;

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
    entries: v.array(Listed),
    total: v.number(),
    size: v.number(),
    truncated: v.boolean(),
    note: v.optional(v.string()),
  }),
  annotations: readOnly,
  toText: ({ entries, total, truncated, note }) =>
    [
      ...entries.map(({ name, size }) => `${String(size).padStart(10)} ${escaped(name)}`),
      ...(truncated ? [`[${entries.length} of ${total} entries shown; raise limit]`] : []),
      ...(note === undefined ? [] : [`[${note}]`]),
    ].join('\n'),
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { path, limit }) {
    const most = Math.min(limit, deps.limits.entries);
    return deps.sandbox.use(path, { access: 'read' }, (place) =>
      place.withFile(async (file) => {
        const { findDirectory } = await import('../archive/zip-directory.ts');
        const { readEntries } = await import('../archive/zip-reader.ts');
        const { cp437Note } = await import('../archive/zip-names.ts');
        const entries: Listed[] = [];
        const sum = { total: 0, size: 0, cp437: 0 };
        for await (const { name, kind, size, isCp437 } of readEntries(file, await findDirectory(file), signal)) {
          if (entries.length < most) entries.push({ name, kind, size });
          sum.total++;
          sum.size += size;
          if (isCp437) sum.cp437++;
        }
        const { total, size } = sum;
        const note = cp437Note(sum.cp437);
        return { entries, total, size, truncated: entries.length < total, ...(note === undefined ? {} : { note }) };
      }),
    );
  },
});
