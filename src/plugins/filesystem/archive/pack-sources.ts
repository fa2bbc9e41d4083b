import { closeSync, fstatSync, readdirSync, type Stats } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import { readChunks } from '../io/chunks.ts';
import type { Slot } from '../io/replace-file.ts';
import { isTemporaryName } from '../io/temporary-name.ts';
import { changedMeanwhile, entryStats, openSource, pathOf } from '../io/tree.ts';
import type { TreePace } from '../io/tree-bounds.ts';
import { explain, printable } from '../sandbox/failure.ts';
import { refuseSpecial } from '../sandbox/place.ts';
import { addName } from './first-names.ts';
import { isSafePath } from './safe-names.ts';
import type { PackSource } from './zip-writer.ts';

export interface PackRules {
  readonly signal: AbortSignal;
  readonly pace: TreePace;
  readonly maxEntries: number;
  readonly maxBytes: number;
  mayRead(path: string, stats: Stats): boolean;
}

/** What packing met. */
export interface PackCount {
  files: number;
  bytes: number;
  /** What is left out: links, special files, protected files, closed mounts, writes in flight, and the unpackable. */
  skipped: number;
  /** Left out since no archive may have their names. */
  unpackable: number;
  /** The first of those. */
  readonly unpackable_names: string[];
}

/** Before anything is packed. */
export function nothingPacked(): PackCount {
  return { files: 0, bytes: 0, skipped: 0, unpackable: 0, unpackable_names: [] };
}

/**
 * A file, or a directory with what is in it, as things to pack; directories are held open while they are walked. What
 * cannot be read is named, since its reader knows only the archive.
 */
export async function* packSources(
  slot: Slot,
  name: string,
  count: PackCount,
  rules: PackRules,
): AsyncGenerator<PackSource> {
  if (isTemporaryName(name) || !isSafePath([name])) throw unpackable(name);
  try {
    yield* packEntry(slot, [name], count, rules);
  } catch (error) {
    throw explain(error, pathOf(slot));
  }
}

async function* packEntry(
  slot: Slot,
  names: readonly string[],
  count: PackCount,
  rules: PackRules,
): AsyncGenerator<PackSource> {
  await rules.pace.step(names.length);
  const name = names.join('/');
  if (isTemporaryName(slot.name)) {
    count.skipped++;
    return;
  }
  if (!isSafePath(names)) {
    count.skipped++;
    count.unpackable++;
    addName(count.unpackable_names, name);
    return;
  }
  const stats = entryStats(slot);
  if (!rules.mayRead(pathOf(slot), stats) || !(stats.isFile() || stats.isDirectory())) {
    count.skipped++;
    return;
  }
  if (++count.files > rules.maxEntries) throw tooMuch(`${rules.maxEntries} entries (limits.archiveEntries)`);
  if (stats.isFile()) {
    count.bytes += stats.size;
    if (count.bytes > rules.maxBytes) throw tooMuch(`${rules.maxBytes} bytes (limits.archiveBytes)`);
    yield { name, mode: stats.mode, modified: stats.mtime, content: () => contentOf(slot, rules) };
    return;
  }
  yield { name: `${name}/`, mode: stats.mode, modified: stats.mtime };
  const directory = slot.directory.enter(slot.name);
  try {
    for (const entry of readdirSync(directory.self).sort()) {
      yield* packEntry({ directory, name: entry }, [...names, entry], count, rules);
    }
  } finally {
    directory.close();
  }
}

async function* contentOf(slot: Slot, { mayRead, signal }: PackRules): AsyncGenerator<Buffer> {
  const fd = openSource(slot);
  try {
    const stats = fstatSync(fd);
    refuseSpecial(stats, slot.name);
    if (!mayRead(pathOf(slot), stats)) throw changedMeanwhile(slot.name);
    yield* readChunks(fd, signal);
  } finally {
    closeSync(fd);
  }
}

function unpackable(name: string): GatewayError {
  return new GatewayError(
    'invalid_input',
    `${printable(name)} cannot be packed: no archive may have its name (a backslash, a control character, a drive of Windows, or that of a write in flight). Rename it first.`,
  );
}

function tooMuch(what: string): GatewayError {
  return new GatewayError('too_large', `The archive would have more than ${what}. Pack a smaller directory.`);
}
