import { GatewayError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import { isFailure, reasonOf } from '../sandbox/failure.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { slotOf } from './change.ts';
import { identityOf, withFingerprint } from './fingerprint.ts';
import { NotUndoable } from './not-undoable.ts';
import { type ChangeRecord, type ChangeStep, isDoubtful, isPending, pathsOf, temporariesOf } from './record.ts';
import { requireAllFolders, requireItsFolders } from './step-folders.ts';
import { clearLeftovers, originalRemains } from './step-leftovers.ts';
import { type Outcome, outcomeOf } from './step-outcome.ts';
import { atPath } from './step-places.ts';
import { wasUndone } from './taken-back.ts';
import type { Trash } from './trash.ts';

export interface Settling {
  readonly sandbox: Sandbox;
  readonly trash: Trash;
  readonly log: Log;
  /** Whether every configured root is open. */
  readonly hasAllRoots: boolean;
  /** Takes back what was done of a change that happens whole or not at all. */
  rollBack(record: ChangeRecord): Promise<void>;
}

/**
 * Makes the records true that a crash left open: what it kept from happening is taken off them, temporary files and half
 * copies are removed, what was being removed for good is, and a directory that was taken aside to be checked gets its name
 * back; a change that happens whole or not at all is taken back. A record that cannot be settled (its folder is no root
 * now, or another directory is in its place; the disk of the trash is full) stays open until the next start, and the log
 * says why. What was replaced is dropped only where it is sure that it was not, or where it is past its time and nothing
 * of it is in a configured root any more.
 */
export async function settleOpen(settling: Settling): Promise<void> {
  const reasons = new Map<string, string>();
  await eachOpen(settling, reasons, settleLastStep);
  await eachOpen(settling, reasons, settleUnfinished);
  // An undo is recorded in two places; what it did is known only now.
  await eachOpen(settling, reasons, settleUndo);
  await eachOpen(settling, reasons, async (record) => leaveOrDrop(record, settling, reasons.get(record.id)));
  settling.trash.leaveOpen(reasons);
}

type Settle = (record: ChangeRecord, settling: Settling) => Promise<void>;

/** `reasons` is given why one could not be settled, by its id. */
async function eachOpen(settling: Settling, reasons: Map<string, string>, settle: Settle): Promise<void> {
  const { trash } = settling;
  for (const id of trash.openIds()) {
    const record = trash.load(id);
    if (!record) continue;
    try {
      await settle(record, settling);
    } catch (error) {
      if (!isFailure(error)) throw error;
      reasons.set(id, reasonOf(error));
    }
  }
}

function leaveOrDrop(record: ChangeRecord, settling: Settling, reason: string | undefined): void {
  const { trash, log } = settling;
  const { id, tool, steps } = record;
  const about = { change: id, tool, paths: steps.flatMap(pathsOf), reason };
  if (!isAbandoned(record, settling)) {
    log.warn(about, 'a change that a crash had left open could not be settled and stays open until the next start');
    return;
  }
  trash.forget(id);
  const leftovers = steps.flatMap(temporariesOf);
  log.warn(
    { ...about, leftovers },
    'a change that a crash had left open was dropped: it is past trash.keepDays, and what it is about is in no configured root',
  );
}

/**
 * Whether nobody can settle a change or take it back any more: it is past its time, as a settled one that is dropped, and
 * what it is about is in no configured root. Where a root is missing, what it would hold is not known.
 */
function isAbandoned(record: ChangeRecord, { trash, sandbox, hasAllRoots }: Settling): boolean {
  return (
    hasAllRoots && trash.isPastKeeping(record) && !record.steps.flatMap(pathsOf).some((path) => sandbox.rootOf(path))
  );
}

async function settleLastStep(record: ChangeRecord, { sandbox, trash, log }: Settling): Promise<void> {
  const last = record.steps.at(-1);
  if (!last?.pending) return;
  const { id, tool } = record;
  const earlier = record.steps.slice(0, -1);
  const step = last.happened === undefined ? withOutcome(last, await outcomeOf(last, sandbox, trash)) : last;
  const happened = step.happened === true;
  await requireItsFolders(step, happened && !isDoubtful(step), sandbox);
  // What it left tells whether it has happened: that is on record before what is left is taken away.
  trash.save({ ...record, steps: [...earlier, step] });
  await clearLeftovers(step, happened, sandbox, trash);
  const remains = happened && (await originalRemains(step, sandbox));
  const done = { ...step, ...(remains ? { remains } : {}) };
  const steps = happened ? [...earlier, await asDone(done, sandbox)] : earlier;
  if (steps.length === 0) trash.forget(id);
  else trash.save({ ...record, steps });
  const outcome = isDoubtful(step) ? 'not known' : happened;
  log.info({ change: id, tool, happened: outcome }, 'a crash had left a change open');
  if (remains)
    log.warn(
      { change: id, tool, paths: pathsOf(step) },
      'what was copied to another disk was changed before it could be removed, and stays',
    );
}

function withOutcome(step: ChangeStep, outcome: Outcome): ChangeStep {
  const doubtful = outcome === 'doubtful' && (step.op === 'write' || step.op === 'move');
  return { ...step, happened: outcome !== false, ...(doubtful ? { doubtful } : {}) };
}

/** A step as it would be on record without the crash. */
function asDone(step: ChangeStep, sandbox: Sandbox): Promise<ChangeStep> {
  const { pending: _, happened: _known, ...done } = step;
  const path = step.op === 'move' ? step.to : step.path;
  return atPath<ChangeStep>(path, sandbox, (place) => {
    const now = place.now();
    if (done.op === 'move' && done.entry !== undefined && !done.removing && now && identityOf(now) !== done.entry)
      return { ...done, moved: { identity: done.entry } }; // what has been put there since is not what was moved
    return now ? withFingerprint(done, slotOf(place)) : done;
  });
}

/** Where something was changed since, what was done of it stays, and is on record. */
async function settleUnfinished(record: ChangeRecord, { sandbox, trash, log, rollBack }: Settling): Promise<void> {
  if (!record.unfinished || isPending(record)) return;
  const about = { change: record.id, tool: record.tool };
  await requireAllFolders(record.steps, sandbox);
  try {
    await rollBack(record);
    log.info(about, 'a change that a crash had ended half way was taken back');
  } catch (error) {
    if (!(error instanceof NotUndoable)) throw error;
    const { unfinished: _, ...closed } = record;
    trash.save(closed);
    log.warn({ ...about, reason: reasonOf(error) }, 'a change that a crash had ended half way could not be taken back');
  }
}

/** Where the undo has nothing on record it had not begun, or has done nothing. */
async function settleUndo(record: ChangeRecord, { sandbox, trash }: Settling): Promise<void> {
  const { undoing, ...closed } = record;
  if (undoing === undefined) return;
  const undo = trash.load(undoing);
  if (undo && isPending(undo)) throw new GatewayError('busy', `What ${undoing} was to undo of it is not known.`);
  // Of the directories it made nothing else tells.
  const made = record.steps.filter(({ op }) => op === 'create_directory');
  if (undo) await requireAllFolders(made, sandbox);
  const isUndone = undo !== undefined && (await wasUndone(record, undo, sandbox));
  trash.save(isUndone ? { ...closed, undoneBy: undoing } : closed);
}
