import { readdirSync } from 'node:fs';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { slotOf } from './change.ts';
import type { ChangeRecord, ChangeStep } from './record.ts';
import { isWritten } from './step-outcome.ts';
import { atPath } from './step-places.ts';
import type { Trash } from './trash.ts';
import { inUndoOrder } from './undo-order.ts';

/**
 * Whether all steps of a change were undone by another: what that has on record says so, and nothing else does. Only of
 * directories nothing is on record, since undoing leaves one alone that is gone or not empty.
 */
export async function wasUndone(record: ChangeRecord, undo: ChangeRecord, sandbox: Sandbox): Promise<boolean> {
  for (const step of inUndoOrder(record)) {
    const isUndone = step.op === 'create_directory' ? await isGoneOrFull(step.path, sandbox) : isUndoneBy(step, undo);
    if (!isUndone) return false;
  }
  return true;
}

function isGoneOrFull(path: string, sandbox: Sandbox): Promise<boolean> {
  return atPath(path, sandbox, (place) => !place.now()?.isDirectory() || readdirSync(place.at).length > 0);
}

function isUndoneBy(step: ChangeStep, { steps }: ChangeRecord): boolean {
  if (step.op !== 'move') return steps.some((other) => other.op !== 'move' && other.path === step.path);
  // What it had replaced comes back in a step of its own, after what was moved; alone where that is gone.
  if (step.backup !== null) return steps.some((other) => other.op === 'create_tree' && other.path === step.to);
  return steps.some((other) => other.op === 'move' && other.from === step.to && other.to === step.from);
}

/**
 * Whether there is nothing left of a step to take back, where what takes it back is not on record: what it replaced or
 * deleted is there again, or what it made is gone.
 */
export async function isBack(step: ChangeStep, sandbox: Sandbox, { items }: Trash): Promise<boolean> {
  if (step.op === 'move') return false; // asked of changes that have none
  return atPath(step.path, sandbox, async (place) => {
    const now = place.now();
    if (step.op === 'create_directory' || step.op === 'create_tree') return now === undefined;
    if (step.op === 'write' && step.created) return now === undefined;
    if (now === undefined || step.backup === null) return false;
    if (items.has(step.backup)) return items.holds(step.backup, slotOf(place));
    // Given back as itself, where both are on one disk.
    return step.op === 'delete' || !(await isWritten(step, place));
  });
}
