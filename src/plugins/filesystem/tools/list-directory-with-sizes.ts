import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { entriesOf, pageOf, withSizes } from '../io/directory-entries.ts';
import { escaped } from '../sandbox/failure.ts';
import { type ListedEntry, Listing, ListingParameters, label, remainder } from './listing.ts';
import { readOnly } from './parameters.ts';

const SizedListing = v.object({
  ...Listing.entries,
  total_files: v.number(),
  total_directories: v.number(),
  combined_size: v.number(),
});

/** Lists a directory with the size of each entry; a link's own, never its target's. */
export const listDirectoryWithSizes = defineTool({
  name: 'list_directory_with_sizes',
  title: 'List Directory with Sizes',
  description: 'Lists a directory as list_directory does, with sizes and totals, by name or by size.',
  input: v.strictObject({
    ...ListingParameters,
    sortBy: v.optional(
      v.pipe(v.picklist(['name', 'size']), v.description('Sort by name, or by size, largest first')),
      'name',
    ),
  }),
  output: SizedListing,
  annotations: readOnly,
  toText: (listing) => [...listing.entries.map(line), ...summary(listing), ...remainder(listing)].join('\n'),
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { path, limit, cursor, hidden, sortBy }) {
    return deps.sandbox.use(path, { access: 'list' }, async (place) => {
      const directory = place.openDirectory();
      try {
        const entries = await withSizes(directory, await entriesOf(directory, hidden), signal);
        if (sortBy === 'size') entries.sort((a, b) => (b.size ?? 0) - (a.size ?? 0));
        const directories = entries.filter(({ type }) => type === 'directory').length;
        return {
          ...pageOf(entries, Math.min(limit, deps.limits.entries), cursor),
          total_files: entries.length - directories,
          total_directories: directories,
          combined_size: entries.reduce((sum, { type, size = 0 }) => sum + (type === 'directory' ? 0 : size), 0),
        };
      } finally {
        directory.close();
      }
    });
  },
});

function line({ name, type, size = 0 }: ListedEntry): string {
  const shown = type === 'directory' ? '' : formatSize(size).padStart(10);
  return `${label(type)} ${escaped(name).padEnd(30)} ${shown}`;
}

function summary({ total_files, total_directories, combined_size }: v.InferOutput<typeof SizedListing>): string[] {
  return [
    '',
    `Total: ${total_files} files, ${total_directories} directories`,
    `Combined size: ${formatSize(combined_size)}`,
  ];
}

function formatSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const step = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), units.length - 1);
  return step === 0 ? `${bytes} B` : `${(bytes / 1024 ** step).toFixed(2)} ${units[step]}`;
}
