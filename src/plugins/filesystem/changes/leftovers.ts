import { unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GatewayError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import type { Place } from '../sandbox/place.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { putBack } from './aside.ts';
import { slotOf } from './change.ts';
import type { ChangeStep } from './record.ts';
import type { Trash } from './trash.ts';

const recordsLookedAt = 200;

/**
 * Clears up after a crash, by the last records, which name what they make before they make it: temporary files are
 * removed, and a directory that was taken aside to be checked gets its name back.
 */
export async function clearLeftovers(sandbox: Sandbox, trash: Trash, log: Log): Promise<void> {
  for (const id of trash.ids().slice(0, recordsLookedAt)) {
    for (const step of trash.load(id)?.steps ?? []) {
      if (await isUndoneByClearing(step, sandbox, log)) trash.forget(id);
    }
  }
}

async function isUndoneByClearing(step: ChangeStep, sandbox: Sandbox, log: Log): Promise<boolean> {
  const name = step.op === 'write' ? step.temporary : 'aside' in step ? step.aside : undefined;
  if (name === undefined) return false;
  const path = step.op === 'move' ? step.from : step.path;
  try {
    const intent = { access: 'write', follow: false } as const;
    return await sandbox.use(join(dirname(path), name), intent, (place) => clear(place, path, step, log));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return false; // its directory is gone or no longer allowed: nothing to do
  }
}

/** True where the change that was recorded has not happened after all. */
function clear(place: Place, path: string, { op }: ChangeStep, log: Log): boolean {
  if (op === 'write' && place.stats?.isFile()) {
    unlinkSync(place.at);
    log.info({ path: place.path }, 'removed a temporary file that a crash had left');
  } else if (op !== 'write' && place.stats?.isDirectory()) {
    const { directory } = place;
    putBack(slotOf(place), { directory, name: path.slice(dirname(path).length).replace(/^[\\/]/, '') });
    log.info({ path }, 'gave a directory its name back that a crash had kept from being moved or deleted');
    return true;
  }
  return false;
}
