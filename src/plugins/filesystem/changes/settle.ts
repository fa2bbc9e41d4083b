import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GatewayError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import { removeNow } from '../io/remove-now.ts';
import { isTemporaryName } from '../io/temporary-name.ts';
import type { Place } from '../sandbox/place.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { putBack } from './aside.ts';
import { slotOf } from './change.ts';
import type { ChangeStep } from './record.ts';
import type { Trash } from './trash.ts';

const recordsLookedAt = 200;

/**
 * Clears up after a crash, by the last records, which name what they make before they make it: temporary files and half
 * copies are removed, and a directory that was taken aside to be checked gets its name back.
 */
export async function clearLeftovers(sandbox: Sandbox, trash: Trash, log: Log): Promise<void> {
  for (const id of trash.ids().slice(0, recordsLookedAt)) {
    const record = trash.load(id);
    if (!record) continue;
    const steps: ChangeStep[] = [];
    for (const step of record.steps) {
      if (!(await isUndoneByClearing(step, sandbox, log))) steps.push(step);
    }
    if (steps.length === 0) trash.forget(id);
    else if (steps.length < record.steps.length) trash.save({ ...record, steps });
  }
}

/** Whether the change that was recorded has not happened after all. */
async function isUndoneByClearing(step: ChangeStep, sandbox: Sandbox, log: Log): Promise<boolean> {
  const target = step.op === 'move' ? step.to : step.path;
  const source = step.op === 'move' ? step.from : step.path;
  const temporary = 'temporary' in step ? step.temporary : undefined;
  const aside = 'aside' in step ? step.aside : undefined;
  const removed = await beside(target, temporary, sandbox, (place) => removeHalf(place, target, step, log));
  const returned = await beside(source, aside, sandbox, (place) => giveNameBack(place, source, log));
  return removed || returned;
}

/** Does something to what is beside a path under another name; false where nothing is there or may be done. */
async function beside(
  path: string,
  name: string | undefined,
  sandbox: Sandbox,
  work: (place: Place) => boolean,
): Promise<boolean> {
  if (name === undefined || !isTemporaryName(name)) return false;
  try {
    const intent = { access: 'write', follow: false } as const;
    return await sandbox.use(join(dirname(path), name), intent, (place) => (place.stats ? work(place) : false));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return false; // its directory is gone or no longer allowed: nothing to do
  }
}

function removeHalf(place: Place, path: string, { op }: ChangeStep, log: Log): boolean {
  removeNow(slotOf(place));
  log.info({ path: place.path }, 'removed what a crash had left under a temporary name');
  if (op === 'write') return false;
  return !lstatSync(place.directory.at(nameIn(path)), { throwIfNoEntry: false });
}

function giveNameBack(place: Place, path: string, log: Log): boolean {
  if (!place.stats?.isDirectory()) return false;
  putBack(slotOf(place), { directory: place.directory, name: nameIn(path) });
  log.info({ path }, 'gave a directory its name back that a crash had kept from being moved or deleted');
  return true;
}

function nameIn(path: string): string {
  return path.slice(dirname(path).length).replace(/^[\\/]/, '');
}
