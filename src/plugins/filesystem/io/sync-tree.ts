import { closeSync, constants, fsync, lstatSync, openSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Directory, safeOpenFlags } from '../sandbox/directory.ts';
import { errnoOf } from '../sandbox/failure.ts';
import { filesAtOnce, forEachAtOnce } from './at-once.ts';
import type { Slot } from './replace-file.ts';

const fsyncAsync = promisify(fsync);

/** Waits until a tree is safe on disk, with the names in it; several files at once, for which a disk needs hardly longer than for one. */
export async function syncTree(slot: Slot, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const stats = lstatSync(slot.directory.at(slot.name));
  if (stats.isFile()) return syncFile(slot);
  if (!stats.isDirectory()) return;
  const directory = slot.directory.enter(slot.name);
  try {
    const entries = readdirSync(directory.self, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    await forEachAtOnce(files, filesAtOnce, async ({ name }) => {
      signal.throwIfAborted();
      await syncFile({ directory, name });
    });
    for (const { name } of entries.filter((entry) => entry.isDirectory())) await syncTree({ directory, name }, signal);
    await syncDirectory(directory);
  } finally {
    directory.close();
  }
}

/** Waits until the names in a directory are safe on disk, where the system can say so. */
export async function syncDirectory({ self }: Directory): Promise<void> {
  let fd: number;
  try {
    fd = openSync(`${self}/.`, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0));
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EACCES'].includes(errnoOf(error) ?? '')) throw error;
    return; // Windows opens no directory, and one that may be written but not read cannot be either
  }
  try {
    await fsyncAsync(fd);
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'EBADF', 'ENOTSUP'].includes(errnoOf(error) ?? '')) throw error; // some disks sync no directories
  } finally {
    closeSync(fd);
  }
}

async function syncFile({ directory, name }: Slot): Promise<void> {
  const fd = openSync(directory.at(name), constants.O_RDONLY | safeOpenFlags);
  try {
    await fsyncAsync(fd);
  } finally {
    closeSync(fd);
  }
}
