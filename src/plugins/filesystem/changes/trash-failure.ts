import { GatewayError } from '../../../core/errors.ts';
import { errnoOf, explain } from '../sandbox/failure.ts';

const full = ['ENOSPC', 'EDQUOT'];

/** What went wrong in the trash as the caller may read it, who named none of its paths; anything else stays as it is. */
export function explainTrash(error: unknown): unknown {
  const errno = errnoOf(error);
  if (errno === undefined || !full.includes(errno)) return explain(error, 'the trash (trash.folder)');
  return new GatewayError(
    'unavailable',
    `${errno}: no space left on the disk of the trash (trash.folder, in the gateway's data folder by default), where what a change replaces is kept for undo. Nothing was changed. Free space on that disk; what delete_path deletes with permanent: true needs none there.`,
    { details: { errno } },
  );
}

/** The same for work that is on other disks too: only want of space can be told to be the trash's. */
export async function whileKeeping<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw full.includes(errnoOf(error) ?? '') ? explainTrash(error) : error;
  }
}

/** Whether the trash has no room for something, as `explainTrash` said it. */
export function isTrashFull(error: unknown): boolean {
  return error instanceof GatewayError && full.includes(String(error.details?.errno));
}
