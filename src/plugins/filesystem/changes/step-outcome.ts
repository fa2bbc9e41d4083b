import type { Stats } from 'node:fs';
import type { Place } from '../sandbox/place.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { slotOf } from './change.ts';
import { hashAt, identityOf, isSameFile } from './fingerprint.ts';
import type { KeptItems } from './kept-items.ts';
import type { ChangeStep } from './record.ts';
import { atMove, atPath, beside, type Step } from './step-places.ts';
import type { Trash } from './trash.ts';
import { uncancelled } from './uncancelled.ts';

/**
 * Whether a step has happened. `doubtful`: others changed what would tell, and something is kept for it, which must not
 * be thrown away on a guess.
 */
export type Outcome = boolean | 'doubtful';

/** Whether a step that a crash left open has happened, told by what is there; nothing is changed for it. */
export function outcomeOf(step: ChangeStep, sandbox: Sandbox, { items }: Trash): Promise<Outcome> {
  if (step.op === 'move') return atMove(step, sandbox, (from, to) => moveOutcome(step, from, to, items));
  return atPath<Outcome>(step.path, sandbox, (place) => {
    if (step.op === 'write') return writeOutcome(step, place, items);
    if (step.op === 'delete') return deleteHappened(step, place, items);
    if (step.op === 'create_directory') return place.now()?.isDirectory() === true;
    return treeHappened(step, place, items);
  });
}

/** Whether a file is what a step wrote. */
export async function isWritten({ after, size }: Step<'write'>, place: Place): Promise<boolean> {
  const now = place.now();
  if (after === '' || !now?.isFile() || (size !== undefined && now.size !== size)) return false;
  return (await hashAt(slotOf(place), uncancelled())) === after;
}

async function writeOutcome(step: Step<'write'>, place: Place, items: KeptItems): Promise<Outcome> {
  if (await isWritten(step, place)) return true;
  // What is to take the name is all there before it does, and has no name of its own when it has.
  if (step.after === '' || !hasItsName(place, step.temporary)) return false;
  return replacementOutcome(step.backup, place, items);
}

/** Told by what was to be replaced, where nothing else tells. */
async function replacementOutcome(backup: string | null, place: Place, items: KeptItems): Promise<Outcome> {
  if (backup === null || !items.has(backup)) return false;
  const isThereStill = place.now() !== undefined && (await items.holds(backup, slotOf(place)));
  return isThereStill ? false : 'doubtful';
}

async function deleteHappened(step: Step<'delete'>, place: Place, items: KeptItems): Promise<boolean> {
  const isAside = beside(place, step.aside) !== undefined;
  // Between two disks a file is removed when its copy is in the trash: where both are there, it was not.
  if (step.backup !== null && items.has(step.backup))
    return isAside || !(await items.holds(step.backup, slotOf(place)));
  if (isAside) return step.removing === true;
  return step.backup === null && place.now() === undefined;
}

async function moveOutcome(step: Step<'move'>, from: Place, to: Place, items: KeptItems): Promise<Outcome> {
  const { entry, removing, backup } = step;
  const [source, target, aside] = [from.now(), to.now(), beside(from, step.aside)];
  if (isElse(target, beside(to, step.temporary)?.stats)) return false;
  if (removing && target) return true;
  if (aside) return false;
  // A file has its new name before it loses the old one.
  if (source && (identityOf(source) === entry || (target && isSameFile(source, target)))) return false;
  if (target && (identityOf(target) === entry || !source)) return true;
  return replacementOutcome(backup, to, items);
}

/** Whether nothing is there, or something that kept what is still under its temporary name from taking its own. */
function isElse(now: Stats | undefined, half: Stats | undefined): boolean {
  return half !== undefined && !(now && isSameFile(half, now));
}

function hasItsName(place: Place, temporary: string | undefined): boolean {
  return !isElse(place.now(), beside(place, temporary)?.stats);
}

function treeHappened(step: Step<'create_tree'>, place: Place, items: KeptItems): Promise<boolean> | boolean {
  const { complete, restores, temporary } = step;
  if (place.now() === undefined || !hasItsName(place, temporary)) return false;
  if (restores === undefined) return complete === true;
  return beside(place, temporary) !== undefined || !items.has(restores) || items.holds(restores, slotOf(place));
}
