import type { ChangeRecord, ChangeStep } from './record.ts';

/**
 * The steps of a change as they are undone, the last first. A move that was redone has what it replaced in a step of its
 * own before it: the two are one again here, so that what was replaced comes back even where what was moved is gone.
 */
export function inUndoOrder({ steps }: Pick<ChangeRecord, 'steps'>): ChangeStep[] {
  const joined: ChangeStep[] = [];
  for (const step of steps) {
    const before = joined.at(-1);
    if (step.op === 'move' && step.backup === null && before?.op === 'delete' && before.path === step.to)
      joined.splice(-1, 1, { ...step, backup: before.backup });
    else joined.push(step);
  }
  return joined.reverse();
}
