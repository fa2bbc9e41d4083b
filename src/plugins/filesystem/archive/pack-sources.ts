import { closeSync, fstatSync, readdirSync, type Stats } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import { readChunks } from '../io/chunks.ts';
import type { Slot } from '../io/replace-file.ts';
import { isTemporaryName } from '../io/temporary-name.ts';
import { changedMeanwhile, entryStats, openSource, pathOf } from '../io/tree.ts';
import type { TreePace } from '../io/tree-bounds.ts';
import { explain } from '../sandbox/failure.ts';
import { refuseSpecial } from '../sandbox/place.ts';
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
  /** Links, special files, protected files and closed mounts, which are left out. */
  skipped: number;
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
  try {
    yield* packEntry(slot, name, count, rules, 0);
  } catch (error) {
    throw explain(error, pathOf(slot));
  }
}

async function* packEntry(
  slot: Slot,
  name: string,
  count: PackCount,
  rules: PackRules,
  depth: number,
): AsyncGenerator<PackSource> {
  await rules.pace.step(depth);
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
      if (isTemporaryName(entry)) continue;
      yield* packEntry({ directory, name: entry }, `${name}/${entry}`, count, rules, depth + 1);
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

function tooMuch(what: string): GatewayError {
  return new GatewayError('too_large', `The archive would have more than ${what}. Pack a smaller directory.`);
}
