import { unlinkSync } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import type { EntryStates } from '../io/entry-states.ts';
import { removeInTurns } from '../io/remove-in-turns.ts';
import type { Slot } from '../io/replace-file.ts';
import { TreeWork } from '../io/tree.ts';
import type { Place } from '../sandbox/place.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { putBack } from './aside.ts';
import { slotOf } from './change.ts';
import { copiedEntries } from './copied-tree.ts';
import { isSameEntry, isSameFile } from './fingerprint.ts';
import type { ChangeStep } from './record.ts';
import { atMove, atPath, beside, type Step } from './step-places.ts';
import type { Trash } from './trash.ts';
import { uncancelled } from './uncancelled.ts';

/** Finishes a step that a crash left open and that has happened, or takes away what it left where it has not. */
export async function clearLeftovers(
  step: ChangeStep,
  happened: boolean,
  sandbox: Sandbox,
  { items }: Trash,
): Promise<void> {
  if (step.op === 'move')
    await atMove(step, sandbox, (from, to) => (happened ? finishMove(step, from, to) : dropMove(step, from, to)));
  else if (step.op === 'delete') await atPath(step.path, sandbox, (place) => clearAside(step, place, happened, items));
  else if (step.op === 'write')
    await atPath(step.path, sandbox, (place) => clearHalf(step.temporary, place, !happened && step.created));
  else if (step.op === 'create_directory')
    await atPath(step.path, sandbox, (place) => clearHalf(step.temporary, place));
  else if (step.op === 'create_tree')
    await atPath(step.path, sandbox, async (place) => {
      const isKept = step.restores !== undefined && items.has(step.restores);
      if (!happened && isKept) removePlaceholder(place);
      await clearHalf(step.temporary, place, !happened);
    });
  if (!happened && 'backup' in step && step.backup !== null) items.drop(step.backup);
}

/** Removes what was made under a temporary name, and the file that held the name for it, if that is to go too. */
export async function clearHalf(name: string | undefined, place: Place, withPlaceholder = false): Promise<void> {
  const half = beside(place, name);
  if (!half) return;
  if (withPlaceholder) removePlaceholder(place);
  await removeInTurns(half.slot);
}

async function clearAside(step: Step<'delete'>, place: Place, happened: boolean, items: Trash['items']): Promise<void> {
  const aside = beside(place, step.aside);
  if (!aside) return;
  if (!happened) putBack(aside.slot, slotOf(place));
  else if (step.backup === null) await removeInTurns(aside.slot);
  else await removeCopied(aside.slot, slotOf(place), await items.entriesInCopy(step.backup, aside.slot, step.asOf));
}

/** Removes the original of a copy; one that was changed since, even while it is removed, has its name back with what is left of it. */
async function removeCopied(aside: Slot, original: Slot, copied: EntryStates | undefined): Promise<void> {
  if (!copied) return putBack(aside, original);
  const removal = new TreeWork({
    maxEntries: Number.MAX_SAFE_INTEGER,
    signal: uncancelled(),
    requireRemovable: (stats, { name }) => copied.requireSameContent(stats, name),
  });
  try {
    await removal.remove(aside);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'busy') throw error;
    putBack(aside, original);
  }
}

async function finishMove(step: Step<'move'>, from: Place, to: Place): Promise<void> {
  await clearHalf(step.temporary, to);
  if (!step.removing) return;
  const [source, original, copy] = [from.now(), slotOf(from), slotOf(to)];
  const aside = beside(from, step.aside);
  if (aside) await removeCopied(aside.slot, original, await copiedEntries(aside.slot, copy, step.asOf));
  else if (source && !source.isDirectory() && (await isSameEntry(original, copy, uncancelled()))) {
    if (await copiedEntries(original, copy, step.asOf)) unlinkSync(from.at);
  }
}

/** Whether there is something at the name of an original that was being removed from another disk than its copy's. */
export async function originalRemains(step: ChangeStep, sandbox: Sandbox): Promise<boolean> {
  if (step.op === 'move') return step.removing === true && atPath(step.from, sandbox, isThere);
  return step.op === 'delete' && step.asOf !== undefined && atPath(step.path, sandbox, isThere);
}

function isThere(place: Place): boolean {
  return place.now() !== undefined;
}

async function dropMove(step: Step<'move'>, from: Place, to: Place): Promise<void> {
  const [source, target, aside] = [from.now(), to.now(), beside(from, step.aside)];
  if (step.backup === null && (source?.isFile() || beside(to, step.temporary))) removePlaceholder(to);
  await clearHalf(step.temporary, to);
  if (aside) putBack(aside.slot, slotOf(from));
  // A file is given its new name before it loses the old one.
  else if (source && target && source.nlink > 1 && isSameFile(source, target)) unlinkSync(to.at);
}

/** Where a disk knows no hard links, a name is held by an empty file until the whole one takes it. */
function removePlaceholder(place: Place): void {
  const now = place.now();
  if (now?.isFile() && now.size === 0 && now.nlink === 1 && (now.mode & 0o777) === 0o600) unlinkSync(place.at);
}
