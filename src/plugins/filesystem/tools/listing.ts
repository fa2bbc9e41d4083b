import * as v from 'valibot';
import { Flag, PathParameter } from './parameters.ts';

export const ListingParameters = {
  path: PathParameter,
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.description('Entries to return at most')), 1000),
  cursor: v.optional(v.pipe(v.string(), v.description('next_cursor of the page before'))),
  hidden: Flag('List names that begin with a dot too', true),
};

const ListedEntry = v.object({
  name: v.string(),
  type: v.picklist(['file', 'directory', 'symlink', 'fifo', 'socket', 'device']),
  size: v.optional(v.number()),
  modified: v.optional(v.string()),
});

export type ListedEntry = v.InferOutput<typeof ListedEntry>;

export const Listing = v.object({
  entries: v.array(ListedEntry),
  total: v.number(),
  next_cursor: v.optional(v.string()),
});

/** The reference server's marks, and one for links, which it shows as files. */
export function label(type: ListedEntry['type']): string {
  if (type === 'directory') return '[DIR]';
  return type === 'symlink' ? '[LINK]' : '[FILE]';
}

/** The line that says what a page left out; none when it is complete. */
export function remainder({ entries, total, next_cursor }: v.InferOutput<typeof Listing>): string[] {
  if (next_cursor === undefined) return [];
  return [`[${entries.length} of ${total} entries shown; go on with cursor: "${next_cursor}"]`];
}
