import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { entriesOf, pageOf } from '../io/directory-entries.ts';
import { escaped } from '../sandbox/failure.ts';
import { type ListedEntry, Listing, ListingParameters, label, remainder } from './listing.ts';
import { readOnly } from './parameters.ts';

/** Lists a directory by name. */
export const listDirectory = defineTool({
  name: 'list_directory',
  title: 'List Directory',
  description: 'Lists the files ([FILE]), directories ([DIR]) and links ([LINK]) in a directory.',
  input: v.strictObject(ListingParameters),
  output: Listing,
  annotations: readOnly,
  toText: (listing) => [...listing.entries.map(line), ...remainder(listing)].join('\n'),
  async handler({ deps }: ToolContext<FilesystemDeps>, { path, limit, cursor, hidden }) {
    return deps.sandbox.use(path, { access: 'list' }, async (place) => {
      const directory = place.openDirectory();
      try {
        return pageOf(await entriesOf(directory, hidden), Math.min(limit, deps.limits.entries), cursor);
      } finally {
        directory.close();
      }
    });
  },
});

function line({ name, type }: ListedEntry): string {
  return `${label(type)} ${escaped(name)}`;
}
