import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  lchownSync,
  lutimesSync,
  openSync,
  type Stats,
} from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import type { Directory } from '../sandbox/directory.ts';
import { kindOf } from '../sandbox/entry-kind.ts';
import { errnoOf, printable } from '../sandbox/failure.ts';
import { seconds } from './seconds.ts';

/**
 * Gives an open file or directory another one's owner, permissions and times. Setuid and setgid come only with the
 * owner: a program must not run as somebody else than before.
 */
export function giveAttributes(fd: number, { uid, gid, mode, atimeMs, mtimeMs }: Stats): void {
  const isOwners = () => {
    const now = fstatSync(fd);
    return now.uid === uid && now.gid === gid;
  };
  if (!isOwners()) whereAllowed(() => fchownSync(fd, uid, gid));
  // After the owner: a change of owner takes setuid and setgid away.
  fchmodSync(fd, mode & (isOwners() ? 0o7777 : 0o1777));
  futimesSync(fd, seconds(atimeMs), seconds(mtimeMs));
}

/** The same for a symbolic link, which has no permissions. */
export function giveLinkAttributes(path: string, { uid, gid, atimeMs, mtimeMs }: Stats): void {
  whereAllowed(() => lchownSync(path, uid, gid));
  whereAllowed(() => lutimesSync(path, seconds(atimeMs), seconds(mtimeMs)));
}

/** Gives a directory that was copied the other one's permissions, or (`whole`) all its attributes. */
export function finishDirectory({ self }: Directory, stats: Stats, whole: boolean): void {
  const fd = openSync(`${self}/.`, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    if (whole) giveAttributes(fd, stats);
    else fchmodSync(fd, stats.mode & 0o777);
  } finally {
    closeSync(fd);
  }
}

/** What is said of an entry that cannot be made anew. */
export function uncopyable(name: string, stats: Stats): GatewayError {
  return new GatewayError(
    'unsupported',
    `${printable(name)} is a ${kindOf(stats)}, which cannot be copied to another disk. Nothing was changed. Take it away first (delete_path with permanent: true), or do it by other means.`,
  );
}

/** Only root may give files away, and some disks know no owners: what is copied then belongs to the gateway's user. */
function whereAllowed(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!['EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error;
  }
}
