import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from 'node:fs';
import { hashFile } from '../io/read.ts';
import type { Slot } from '../io/replace-file.ts';
import { TreeWork } from '../io/tree.ts';
import { safeOpenFlags } from '../sandbox/directory.ts';
import type { ChangeStep } from './record.ts';

type Moved = NonNullable<Extract<ChangeStep, { op: 'move' }>['moved']>;

/** Up to this size a file that was moved is known by its content too. */
const hashedBytes = 16_777_216;

/**
 * What a tree is, without reading it: another entry, one that is gone, and a file of another size or time give another
 * fingerprint; a file that was changed and changed back by an undo gives the same. Throws as `TreeWork` does.
 */
export async function treeFingerprint(slot: Slot, maxEntries: number, signal: AbortSignal): Promise<string> {
  const entries: string[] = [];
  await new TreeWork({ maxEntries, signal }).visitAll(slot, (relative, stats) => {
    const content = stats.isFile() ? [stats.size, Math.round(stats.mtimeMs)] : [];
    entries.push(JSON.stringify([relative, stats.mode & 0o170000, ...content]));
  });
  return createHash('sha256').update(entries.sort().join('\n')).digest('hex');
}

/** What is to be known of an entry that was moved, to tell later whether it is still there. */
export async function movedEntry({ directory, name }: Slot, signal: AbortSignal): Promise<Moved> {
  const stats = lstatSync(directory.at(name));
  const identity = identityOf(stats);
  if (!stats.isFile() || stats.size > hashedBytes) return { identity };
  const hash = await hashAt({ directory, name }, signal);
  return { identity, ...(hash === undefined ? {} : { hash }) };
}

/** Whether an entry is the one that was moved, or (a file that was changed and changed back) has its content. */
export async function isMoved(slot: Slot, stats: Stats, moved: Moved, signal: AbortSignal): Promise<boolean> {
  if (identityOf(stats) === moved.identity) return true;
  if (moved.hash === undefined || !stats.isFile() || stats.size > hashedBytes) return false;
  return (await hashAt(slot, signal)) === moved.hash;
}

/** The hash of a file's content; undefined where it cannot be read. */
export async function hashAt({ directory, name }: Slot, signal: AbortSignal): Promise<string | undefined> {
  let fd: number;
  try {
    fd = openSync(directory.at(name), constants.O_RDONLY | safeOpenFlags);
  } catch {
    return undefined; // gone or not readable: then the identity alone tells
  }
  try {
    return await hashFile({ fd, stats: fstatSync(fd) }, signal);
  } finally {
    closeSync(fd);
  }
}

/** An inode's number is given again, but not with the same time of birth. */
function identityOf({ ino, birthtimeMs, mode }: Stats): string {
  return `${ino}:${birthtimeMs}:${mode & 0o170000}`;
}
