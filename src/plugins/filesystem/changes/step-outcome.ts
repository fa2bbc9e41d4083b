import type { Place } from '../sandbox/place.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { slotOf } from './change.ts';
import { hashAt, isSameFile } from './fingerprint.ts';
import type { ChangeStep } from './record.ts';
import { atMove, atPath, beside, type Step } from './step-places.ts';
import type { Trash } from './trash.ts';
import { uncancelled } from './uncancelled.ts';

/** Whether a step that a crash left open has happened, told by what is there; nothing is changed for it. */
export function hasHappened(step: ChangeStep, sandbox: Sandbox, trash: Trash): Promise<boolean> {
  if (step.op === 'move') return atMove(step, sandbox, (from, to) => moveHappened(step, from, to));
  return atPath(step.path, sandbox, (place) => {
    if (step.op === 'write') return isWritten(step, place);
    if (step.op === 'delete') return deleteHappened(step, place, trash);
    if (step.op === 'create_directory') return place.now()?.isDirectory() === true;
    return treeHappened(step, place, trash);
  });
}

/** Whether a file is what a step wrote. */
export async function isWritten({ after, size }: Step<'write'>, place: Place): Promise<boolean> {
  const now = place.now();
  if (after === '' || !now?.isFile() || (size !== undefined && now.size !== size)) return false;
  return (await hashAt(slotOf(place), uncancelled())) === after;
}

async function deleteHappened(step: Step<'delete'>, place: Place, { items }: Trash): Promise<boolean> {
  const isAside = beside(place, step.aside) !== undefined;
  // Between two disks a file is removed when its copy is in the trash: where both are there, it was not.
  if (step.backup !== null && items.has(step.backup))
    return isAside || !(await items.holds(step.backup, slotOf(place)));
  if (isAside) return step.removing === true;
  return step.backup === null && place.now() === undefined;
}

function moveHappened(step: Step<'move'>, from: Place, to: Place): boolean {
  if (!hasItsName(to, step.temporary)) return false;
  return step.removing === true || (!beside(from, step.aside) && from.now() === undefined);
}

/** Whether what is there is not something else, which kept what is still under its temporary name from taking its own. */
function hasItsName(place: Place, temporary: string | undefined): boolean {
  const now = place.now();
  const half = beside(place, temporary);
  return now !== undefined && (!half || isSameFile(half.stats, now));
}

function treeHappened(step: Step<'create_tree'>, place: Place, { items }: Trash): Promise<boolean> | boolean {
  const { complete, restores, temporary } = step;
  if (!hasItsName(place, temporary)) return false;
  if (restores === undefined) return complete === true;
  return beside(place, temporary) !== undefined || !items.has(restores) || items.holds(restores, slotOf(place));
}
