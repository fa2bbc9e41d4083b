import { lstatSync, type Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { GatewayError } from '../../../core/errors.ts';
import type { Directory } from '../sandbox/directory.ts';

import { type EntryKind, kindOf } from '../sandbox/entry-kind.ts';
import { isTemporaryName } from './temporary-name.ts';

export interface Entry {
  readonly name: string;
  readonly type: EntryKind;
  /** Bytes and time of the entry itself, never of what a link points to. */
  readonly size?: number;
  readonly modified?: string;
}

const order = new Intl.Collator().compare;
const statBatch = 500;

/** The entries of a directory, by name; with sizes where asked. Links are entries, not what they point to. */
export async function entriesOf(directory: Directory, hidden: boolean): Promise<Entry[]> {
  const found = await readdir(directory.self, { withFileTypes: true });
  return found
    .filter(({ name }) => (hidden || !name.startsWith('.')) && !isTemporaryName(name))
    .map((entry) => ({ name: entry.name, type: kindOf(entry) }))
    .sort((a, b) => order(a.name, b.name) || (a.name < b.name ? -1 : 1));
}

/** The same entries with what lstat says of each; one that is gone by now is left out. */
export async function withSizes(
  directory: Directory,
  entries: readonly Entry[],
  signal: AbortSignal,
): Promise<Entry[]> {
  const sized: Entry[] = [];
  for (const [index, entry] of entries.entries()) {
    if (index % statBatch === statBatch - 1) {
      await setImmediate();
      signal.throwIfAborted();
    }
    const stats: Stats | undefined = lstatSync(directory.at(entry.name), { throwIfNoEntry: false });
    if (stats) sized.push({ ...entry, size: stats.size, modified: stats.mtime.toISOString() });
  }
  return sized;
}

export interface Page {
  readonly entries: Entry[];
  readonly total: number;
  readonly next_cursor?: string;
}

/** `limit` entries after the one that the cursor names. */
export function pageOf(entries: readonly Entry[], limit: number, cursor: string | undefined): Page {
  const start = cursor === undefined ? 0 : startAfter(entries, Buffer.from(cursor, 'base64url').toString());
  const page = entries.slice(start, start + limit);
  const last = page.at(-1);
  const more = start + page.length < entries.length && last !== undefined;
  return {
    entries: page,
    total: entries.length,
    ...(more ? { next_cursor: Buffer.from(last.name).toString('base64url') } : {}),
  };
}

function startAfter(entries: readonly Entry[], name: string): number {
  const at = entries.findIndex((entry) => entry.name === name);
  if (at !== -1) return at + 1;
  throw new GatewayError('invalid_input', 'The cursor names an entry that is gone. List the directory from the start.');
}
