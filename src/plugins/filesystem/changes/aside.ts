import { randomBytes } from 'node:crypto';
import { lstatSync, renameSync } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import type { Slot } from '../io/replace-file.ts';
import { errnoOf, printable } from '../sandbox/failure.ts';

/** Looks through a directory at a name that nobody knows; throws where it may not be moved or deleted. */
export type TreeCheck = (at: Slot) => Promise<void>;

/**
 * Takes a directory off its name, has it checked where nobody can put anything into it by name any more, and then
 * finishes with it: so what is moved or deleted is what was checked. Where the check or the finish fails it goes back
 * to its name. `name` undefined: nothing is to be checked, the entry stays where it is.
 */
export async function whileAside<T>(
  slot: Slot,
  name: string | undefined,
  check: TreeCheck | undefined,
  finish: (at: Slot) => Promise<T>,
): Promise<T> {
  if (name === undefined) return finish(slot);
  const aside = { directory: slot.directory, name };
  try {
    renameSync(slot.directory.at(slot.name), aside.directory.at(name));
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error;
    // overlayfs renames no directory of a lower layer: it is checked where it stands, then copied and removed.
    await check?.(slot);
    return finish(slot);
  }
  try {
    await check?.(aside);
    return await finish(aside);
  } catch (error) {
    if (isThere(aside)) putBack(aside, slot);
    throw error;
  }
}

/** Gives a directory its name again; where the name is taken by now, a new one beside it, and says so. */
export function putBack(aside: Slot, { directory, name }: Slot): void {
  if (!isThere({ directory, name })) {
    try {
      renameSync(aside.directory.at(aside.name), directory.at(name));
      return;
    } catch (error) {
      // Taken in this very moment: a directory is renamed over none that has something in it, and over no file.
      if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw error;
    }
  }
  const other = `${name.slice(0, 200)}.kept-${randomBytes(4).toString('hex')}`;
  renameSync(aside.directory.at(aside.name), directory.at(other));
  throw new GatewayError(
    'busy',
    `${printable(name)} was made anew by something else meanwhile; what was there before is now ${printable(other)}.`,
  );
}

function isThere({ directory, name }: Slot): boolean {
  return lstatSync(directory.at(name), { throwIfNoEntry: false }) !== undefined;
}
