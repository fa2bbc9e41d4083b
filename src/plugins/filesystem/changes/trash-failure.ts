import { accessSync, constants, lstatSync, statfsSync } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import type { Directory } from '../sandbox/directory.ts';
import { errnoOf, explain } from '../sandbox/failure.ts';

const full = ['ENOSPC', 'EDQUOT'];

/** What went wrong in the trash as the caller may read it, who named none of its paths; anything else stays as it is. */
export function explainTrash(error: unknown): unknown {
  const errno = errnoOf(error);
  if (errno === 'ENOENT') {
    return new GatewayError(
      'unavailable',
      `${errno}: the folder of the trash (trash.folder, in the gateway's data folder by default), where what a change replaces is kept for undo, was removed while the gateway runs. Nothing was changed. The gateway makes it again when it is restarted.`,
      { details: { errno } },
    );
  }
  if (errno === undefined || !full.includes(errno)) return explain(error, 'the trash (trash.folder)');
  return new GatewayError(
    'unavailable',
    `${errno}: no space left on the disk of the trash (trash.folder, in the gateway's data folder by default), where what a change replaces is kept for undo. Nothing was changed. Free space on that disk; what delete_path deletes with permanent: true needs none there.`,
    { details: { errno } },
  );
}

/** The same for work that is on other disks too: want of space is the trash's, anything else where the trash has it now. */
export async function whileKeeping<T>(folder: Directory, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    throw full.includes(errno) || errno === errnoOfFolder(`${folder.self}/.`) ? explainTrash(error) : error;
  }
}

/** What making something in a folder would fail with, but for want of space; undefined where it would not. */
function errnoOfFolder(path: string): string | undefined {
  try {
    accessSync(path, constants.W_OK);
    return lstatSync(path).nlink === 0 ? 'ENOENT' : undefined; // removed while it is held open
  } catch (error) {
    return errnoOf(error);
  }
}

/** Why nothing can be kept in a folder now, for those who look after it; undefined where something can. */
export function troubleIn(folder: string): string | undefined {
  const errno = errnoOfFolder(folder);
  if (errno === 'ENOENT') return 'missing';
  if (errno === 'EROFS') return 'on a read-only disk';
  if (errno !== undefined) return `not writable (${errno})`;
  const { blocks, bavail } = statfsSync(folder);
  return blocks > 0 && bavail === 0 ? 'on a full disk' : undefined;
}

/** Whether the trash has no room for something, as `explainTrash` said it. */
export function isTrashFull(error: unknown): boolean {
  return error instanceof GatewayError && full.includes(String(error.details?.errno));
}
