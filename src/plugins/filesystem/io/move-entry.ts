import { lstatSync, renameSync } from 'node:fs';
import { errnoOf } from '../sandbox/failure.ts';
import { renameWithoutReplacing, type Slot } from './replace-file.ts';
import { TreeWork } from './tree.ts';

export interface RenameRules {
  readonly replace: boolean;
  readonly isDirectory: boolean;
  readonly maxEntries: number;
  readonly signal: AbortSignal;
}

/** Renames an entry; EEXIST where the name is taken and nothing is to be replaced. */
export async function renameEntry(from: Slot, to: Slot, rules: RenameRules): Promise<void> {
  const { replace, isDirectory, maxEntries, signal } = rules;
  if (replace) {
    renameSync(from.directory.at(from.name), to.directory.at(to.name));
    return;
  }
  if (isDirectory) {
    // A directory has no second name. Renaming replaces at most an empty directory made in this very moment.
    if (lstatSync(to.directory.at(to.name), { throwIfNoEntry: false }))
      throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
    await moveEntry(from, to, maxEntries, signal);
    return;
  }
  try {
    renameWithoutReplacing(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error;
    await moveEntry(from, to, maxEntries, signal);
  }
}

/** Renames an entry to a free name, or copies and removes it where the two are on different disks. */
export async function moveEntry(from: Slot, to: Slot, maxEntries: number, signal: AbortSignal): Promise<void> {
  try {
    renameSync(from.directory.at(from.name), to.directory.at(to.name));
    return;
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error;
  }
  const work = new TreeWork({ maxEntries, signal, keepTimes: true });
  try {
    await work.copy(from, to);
  } catch (error) {
    if (work.count.directories > 0) await removePartial(to, maxEntries);
    throw error;
  }
  await new TreeWork({ maxEntries, signal }).remove(from);
}

/** Half a copy would pass for a whole one. The call may have been cancelled, which must not stop the removal. */
export async function removePartial(slot: Slot, maxEntries: number): Promise<void> {
  if (!lstatSync(slot.directory.at(slot.name), { throwIfNoEntry: false })) return;
  await new TreeWork({ maxEntries, signal: new AbortController().signal }).remove(slot);
}
