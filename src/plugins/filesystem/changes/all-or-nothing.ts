import { GatewayError } from '../../../core/errors.ts';
import { printable } from '../sandbox/failure.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { Change, type ChangeContext } from './change.ts';
import { halfOf } from './kept-items.ts';
import { type ChangeRecord, type ChangeStep, pathsOf } from './record.ts';
import { clearHalf } from './step-leftovers.ts';
import { atPath } from './step-places.ts';
import { isBack } from './taken-back.ts';
import type { Trash } from './trash.ts';
import { uncancelled } from './uncancelled.ts';
import { type UndoContext, undoStep } from './undo.ts';
import { requireUndoable } from './undoable.ts';

export interface RollBackContext extends Pick<ChangeContext, 'maxEntries' | 'requireWritable' | 'onChanged'> {
  readonly sandbox: Sandbox;
  readonly trash: Trash;
}

/**
 * Has all that `work` does with a change happen, or nothing of it: where it fails it is taken back at once, and after a
 * crash at the next start.
 */
export async function allOrNothing<T>(change: Change, context: RollBackContext, work: () => Promise<T>): Promise<T> {
  const { trash } = context;
  const { log } = change;
  const id = log.futureId;
  if (id === undefined) return work();
  return trash.hold(id, async () => {
    log.startWhole();
    try {
      const done = await work();
      log.finish();
      return done;
    } catch (error) {
      const record = trash.load(id);
      if (record) await takeBackAfter(error, record, context);
      throw error;
    }
  });
}

async function takeBackAfter(error: unknown, record: ChangeRecord, context: RollBackContext): Promise<void> {
  try {
    await rollBack(record, context);
  } catch (cause) {
    if (!(error instanceof GatewayError) || !(cause instanceof GatewayError)) throw cause;
    const paths = [...new Set(record.steps.flatMap(pathsOf))].map(printable).join(', ');
    throw new GatewayError(
      error.code,
      `${error.message} What had been done before could not be taken back (${cause.message}): ${paths}. See list_changes.`,
    );
  }
}

/**
 * Takes back what was done of an unfinished change, its last step first, and forgets it. Nothing is kept for that, since
 * it is known what is replaced: so a full disk does not stop it. Throws, with nothing done, where a file is no longer as
 * the change left it (`NotUndoable`) or cannot be reached; what is taken back already (by one that a crash ended) is left alone.
 */
export async function rollBack(record: ChangeRecord, context: RollBackContext): Promise<void> {
  const { sandbox, trash, maxEntries } = context;
  const signal = uncancelled(); // a cancelled call is taken back too
  const undoing = (step: ChangeStep): UndoContext => {
    const temporary = temporaryOf(step);
    const change = new Change(record.tool, { ...context, trash: undefined, signal, temporary });
    return { sandbox, trash, change, maxEntries, maxBytes: 0, signal };
  };
  const left: ChangeStep[] = [];
  for (const step of record.steps) {
    await clearEarlier(step, sandbox);
    if (!(await isBack(step, sandbox, trash))) left.push(step);
  }
  left.reverse();
  await requireUndoable(left, { sandbox, trash, maxEntries, signal });
  for (const step of left) await undoStep(step, undoing(step));
  trash.forget(record.id);
}

/** Removes what a crash left of taking a step back. */
async function clearEarlier(step: ChangeStep, sandbox: Sandbox): Promise<void> {
  const temporary = temporaryOf(step);
  if (temporary === undefined || step.op === 'move') return;
  await atPath(step.path, sandbox, (place) => clearHalf(temporary, place, true));
}

/** The name under which what a step replaced is made again: told from its record, so that it is found after a crash. */
function temporaryOf(step: ChangeStep): string | undefined {
  if ('temporary' in step && step.temporary !== undefined) return step.temporary;
  return 'backup' in step && step.backup !== null ? halfOf(step.backup) : undefined;
}
