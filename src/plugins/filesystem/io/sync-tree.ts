import { close, constants, fsync, lstatSync, openSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { safeOpenFlags } from '../sandbox/directory.ts';
import type { Slot } from './replace-file.ts';

const fsyncAsync = promisify(fsync);
const closeAsync = promisify(close);
const atOnce = 16;

/** Waits until all files of a tree are safe on disk; many at once, for which a disk needs hardly longer than for one. */
export async function syncTree(slot: Slot, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const stats = lstatSync(slot.directory.at(slot.name));
  if (stats.isFile()) return syncFile(slot);
  if (!stats.isDirectory()) return;
  const directory = slot.directory.enter(slot.name);
  try {
    const entries = readdirSync(directory.self, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    for (let i = 0; i < files.length; i += atOnce) {
      signal.throwIfAborted();
      await Promise.all(files.slice(i, i + atOnce).map(({ name }) => syncFile({ directory, name })));
    }
    for (const { name } of entries.filter((entry) => entry.isDirectory())) await syncTree({ directory, name }, signal);
  } finally {
    directory.close();
  }
}

async function syncFile({ directory, name }: Slot): Promise<void> {
  const fd = openSync(directory.at(name), constants.O_RDONLY | safeOpenFlags);
  try {
    await fsyncAsync(fd);
  } finally {
    await closeAsync(fd);
  }
}
