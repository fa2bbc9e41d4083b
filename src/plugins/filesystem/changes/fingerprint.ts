import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, type Stats } from 'node:fs';
import { hashFile } from '../io/read.ts';
import type { Slot } from '../io/replace-file.ts';
import { TreeWork } from '../io/tree.ts';
import { safeOpenFlags } from '../sandbox/directory.ts';
import { isFailure } from '../sandbox/failure.ts';
import type { ChangeStep } from './record.ts';
import { uncancelled } from './uncancelled.ts';

type Moved = NonNullable<Extract<ChangeStep, { op: 'move' }>['moved']>;

/** Up to this size a file that was moved is known by its content too. */
const hashedBytes = 16_777_216;

/** What was made has been counted when it was made. */
const mostEntries = Number.MAX_SAFE_INTEGER;

/**
 * A step that has happened, with what tells later whether what it left at `slot` is still there. Throws where that cannot
 * be looked at.
 */
export async function withFingerprint(step: ChangeStep, slot: Slot): Promise<ChangeStep> {
  const signal = uncancelled();
  if (step.op === 'move') return { ...step, moved: await movedEntry(slot, signal) };
  if (step.op === 'create_tree') return { ...step, after: await treeFingerprint(slot, mostEntries, signal) };
  return step;
}

/** The same; what is only to be known of a thing that is done already must not make it fail. */
export async function withFingerprintIfKnown(step: ChangeStep, slot: Slot): Promise<ChangeStep> {
  try {
    return await withFingerprint(step, slot);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return step;
  }
}

/**
 * What a tree is, without reading it: another entry, one that is gone, a file of another size or time, and a link to
 * something else give another fingerprint; a file that was changed and changed back by an undo gives the same. Throws as `TreeWork` does.
 */
export async function treeFingerprint(slot: Slot, maxEntries: number, signal: AbortSignal): Promise<string> {
  const entries = await treeEntries(slot, maxEntries, signal);
  return createHash('sha256').update(entries.sort().join('\n')).digest('hex');
}

async function treeEntries(slot: Slot, maxEntries: number, signal: AbortSignal): Promise<string[]> {
  const entries: string[] = [];
  await new TreeWork({ maxEntries, signal }).visitAll(slot, (relative, stats, at) => {
    entries.push(JSON.stringify([relative, contentOf(stats, at)]));
  });
  return entries;
}

/** What an entry is, without reading it: size and time of a file, target of a link. */
export function contentOf(stats: Stats, { directory, name }: Slot): string {
  const content = stats.isFile() ? [stats.size, Math.round(stats.mtimeMs)] : [];
  const target = stats.isSymbolicLink() ? [readlinkSync(directory.at(name))] : [];
  return JSON.stringify([kindOf(stats), ...content, ...target]);
}

/** What is to be known of an entry that was moved, to tell later whether it is still there. */
async function movedEntry({ directory, name }: Slot, signal: AbortSignal): Promise<Moved> {
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

/**
 * Whether two entries are the same: one, or one a copy of the other with its times. Files up to 16 MiB are read, larger
 * ones and those of trees are known by size and time.
 */
export async function isSameEntry(a: Slot, b: Slot, signal: AbortSignal): Promise<boolean> {
  const [one, other] = [a, b].map(({ directory, name }) => lstatSync(directory.at(name), { throwIfNoEntry: false }));
  if (!one || !other || kindOf(one) !== kindOf(other)) return false;
  if (isSameFile(one, other)) return true;
  if (one.isSymbolicLink()) return readlinkSync(a.directory.at(a.name)) === readlinkSync(b.directory.at(b.name));
  if (one.isDirectory())
    return (await treeFingerprint(a, mostEntries, signal)) === (await treeFingerprint(b, mostEntries, signal));
  if (!one.isFile() || one.size !== other.size) return false;
  if (one.size > hashedBytes) return Math.abs(one.mtimeMs - other.mtimeMs) < 0.01; // Node sets times to the microsecond
  const hash = await hashAt(a, signal);
  return hash !== undefined && hash === (await hashAt(b, signal));
}

/** Whether two names are of one file. */
export function isSameFile(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.dev === b.dev;
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

/** Which entry it is, under whatever name. An inode's number is given again, but not with the same time of birth. */
export function identityOf(stats: Stats): string {
  return `${stats.ino}:${stats.birthtimeMs}:${kindOf(stats)}`;
}

function kindOf({ mode }: Stats): number {
  return mode & 0o170000;
}
