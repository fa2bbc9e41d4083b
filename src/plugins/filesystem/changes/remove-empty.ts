import { readdirSync, rmdirSync } from 'node:fs';
import { errnoOf } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';
import type { TreeCheck } from './aside.ts';
import { type Change, slotOf } from './change.ts';

/** Something is in a directory that was to be removed empty. */
class NotEmpty extends Error {}

/**
 * Removes a directory, as a step of the change where that is on record; false where it is not empty, which is looked at
 * once more where nobody can put anything into it by name.
 */
export async function removeEmpty(place: Place, change: Change): Promise<boolean> {
  if (change.log.futureId === undefined) return isRemoved(place);
  const check: TreeCheck = async ({ directory, name }) => {
    if (readdirSync(directory.at(name)).length > 0) throw new NotEmpty();
  };
  try {
    await check(slotOf(place));
    await change.remove(place, false, check, { empty: true });
    return true;
  } catch (error) {
    if (error instanceof NotEmpty) return false;
    throw error;
  }
}

function isRemoved({ at }: Place): boolean {
  try {
    rmdirSync(at);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOTEMPTY' || errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}
