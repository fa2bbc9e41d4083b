import { pathBelow } from '../sandbox/directory.ts';
import { escaped } from '../sandbox/failure.ts';
import type { Unreadable } from '../search/unreadable.ts';

/** How an answer says what a search could not look at; absent where it looked at everything. */
export interface UnreadableOutput {
  readonly skipped_unreadable?: number | undefined;
  /** Paths of the first of them. */
  readonly unreadable?: string[] | undefined;
}

export function unreadableOutput({ count, first }: Unreadable, base: string): UnreadableOutput {
  return count === 0
    ? {}
    : { skipped_unreadable: count, unreadable: first.map((relative) => pathBelow(base, relative)) };
}

/** The same as a line of text. */
export function unreadableLine({ skipped_unreadable: count = 0, unreadable = [] }: UnreadableOutput): string[] {
  if (count === 0) return [];
  const named = unreadable.map(escaped).join(', ') + (count > unreadable.length ? ', …' : '');
  return [`[${count} files or directories could not be read by the gateway's user, and were not searched: ${named}]`];
}
