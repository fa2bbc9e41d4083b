import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsync as fsyncCallback,
  ftruncateSync,
  futimesSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  type Stats,
  unlinkSync,
  write as writeCallback,
} from 'node:fs';
import { promisify } from 'node:util';
import { GatewayError } from '../../../core/errors.ts';
import { type Directory, safeOpenFlags } from '../sandbox/directory.ts';
import { errnoOf, printable } from '../sandbox/failure.ts';
import { seconds } from './seconds.ts';

const fsync = promisify(fsyncCallback);
const writeAsync = promisify(writeCallback);
const chunkBytes = 1_048_576;
const zeros = Buffer.alloc(chunkBytes);

/** One entry of an open directory. */
export interface Slot {
  readonly directory: Directory;
  readonly name: string;
}

export interface NewContent {
  /** The bytes, in pieces so that a copy need not hold a whole file. */
  readonly chunks: Iterable<Buffer> | AsyncIterable<Buffer>;
  /** The file that is replaced, as it was read; undefined: the name must be free. */
  readonly replaces: Stats | undefined;
  /** Permission bits where nothing is replaced; the system's default where absent. */
  readonly mode?: number | undefined;
  /** When it was last read and changed; now where absent. */
  readonly times?: Pick<Stats, 'atimeMs' | 'mtimeMs'> | undefined;
  readonly temporary: string;
  /** Called when the new content is safe on disk, before it takes its name: the last moment to refuse it. */
  readonly beforeRename?: () => void;
}

/**
 * Puts whole new content under a name: written to a temporary file in the same open directory, synced, then renamed.
 * At every moment the name is the old file or the new one. Throws `busy` where the old file changed meanwhile.
 */
export async function replaceFile(slot: Slot, content: NewContent): Promise<void> {
  const temporary = slot.directory.at(content.temporary);
  const created = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | safeOpenFlags;
  const fd = openSync(temporary, created, content.replaces ? 0o600 : 0o666);
  try {
    try {
      await writeChunks(fd, content.chunks);
      takeOver(fd, content);
      if (content.times) futimesSync(fd, seconds(content.times.atimeMs), seconds(content.times.mtimeMs));
      await fsync(fd);
    } finally {
      closeSync(fd);
    }
    requireUnchanged(slot, content.replaces);
    content.beforeRename?.();
    if (content.replaces) renameSync(temporary, slot.directory.at(slot.name));
    else giveFreeName(slot, content.temporary);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

/** Writes all of it into a new file. */
export async function writeChunks(fd: number, chunks: NewContent['chunks']): Promise<void> {
  let position = 0;
  let endsInHole = false;
  for await (const chunk of chunks) {
    endsInHole = isHole(chunk);
    if (!endsInHole) await writeAll(fd, chunk, position);
    position += chunk.length;
  }
  if (endsInHole) ftruncateSync(fd, position);
}

/** Zeros need not be written: what a file system is not told is a hole, which reads as zeros and takes no room. */
function isHole(chunk: Buffer): boolean {
  return chunk.length === zeros.length && chunk.equals(zeros);
}

async function writeAll(fd: number, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const length = Math.min(chunkBytes, chunk.length - done);
    done += (await writeAsync(fd, chunk, done, length, position + done)).bytesWritten;
  }
}

/** The replaced file's permissions, and its owner where the gateway's user may give files away, or else its group. */
function takeOver(fd: number, { replaces, mode }: NewContent): void {
  if (replaces) {
    if (!hasOwner(fd, replaces.uid, replaces.gid)) hasOwner(fd, -1, replaces.gid);
    fchmodSync(fd, replaces.mode & 0o777);
  } else if (mode !== undefined) fchmodSync(fd, mode & 0o777);
}

/** Gives a file an owner and a group; false where the gateway's user may not: only root gives files away, and members to a group. */
function hasOwner(fd: number, uid: number, gid: number): boolean {
  try {
    fchownSync(fd, uid, gid);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') throw error;
    return false;
  }
}

/** Throws `busy` unless the entry is still the file that was read; undefined: there is none. */
export function requireUnchanged({ directory, name }: Slot, replaces: Stats | undefined): void {
  const now = lstatSync(directory.at(name), { throwIfNoEntry: false });
  if (!replaces && !now) return;
  const same =
    replaces && now && now.ino === replaces.ino && now.size === replaces.size && now.mtimeMs === replaces.mtimeMs;
  if (same) return;
  throw new GatewayError(
    'busy',
    `${printable(name)} was changed by something else meanwhile; nothing was written. Read it again and repeat the change.`,
  );
}

/** Gives a temporary file its name only if the name is free, in one step; EEXIST otherwise. */
function giveFreeName({ directory, name }: Slot, temporary: string): void {
  renameWithoutReplacing({ directory, name: temporary }, { directory, name });
}

/** Renames a file only if the new name is free. A hard link is the check and the act at once. */
export function renameWithoutReplacing(from: Slot, to: Slot): void {
  const target = to.directory.at(to.name);
  try {
    linkSync(from.directory.at(from.name), target);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errnoOf(error) ?? '')) throw error;
    // No hard links here: hold the name with an empty file of our own, then rename over that.
    closeSync(openSync(target, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | safeOpenFlags, 0o600));
    try {
      renameSync(from.directory.at(from.name), target);
    } catch (cause) {
      removeQuietly(target);
      throw cause;
    }
    return;
  }
  unlinkSync(from.directory.at(from.name));
}

/** Gives a file a second name; false where the disk has none, or it is no regular file. */
export function giveSecondName(from: Slot, to: Slot): boolean {
  const target = to.directory.at(to.name);
  try {
    linkSync(from.directory.at(from.name), target);
    if (lstatSync(target).isFile()) return true;
    unlinkSync(target);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error;
  }
  return false;
}

/** Removes a file that may be gone already, while another error is on its way. */
export function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The error that brought us here is the one to tell; a leftover temporary file is found at the next start.
  }
}
