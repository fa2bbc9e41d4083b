import { lstatSync, readdirSync, type Stats, unlinkSync } from 'node:fs';
import type { Log } from '../../../core/log.ts';
import { removeNow } from '../io/remove-now.ts';
import type { Slot } from '../io/replace-file.ts';
import { isTemporaryName } from '../io/temporary-name.ts';
import { isFailure } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { putBack } from './aside.ts';
import { slotOf } from './change.ts';
import { hashAt } from './fingerprint.ts';
import { NotUndoable } from './not-undoable.ts';
import { type ChangeRecord, type ChangeStep, isPending, itemsOf, pathsOf } from './record.ts';
import type { Trash } from './trash.ts';

type Step<Op extends ChangeStep['op']> = Extract<ChangeStep, { op: Op }>;

export interface Settling {
  readonly sandbox: Sandbox;
  readonly trash: Trash;
  readonly log: Log;
  /** Takes back what was done of a change that happens whole or not at all. */
  rollBack(record: ChangeRecord): Promise<void>;
}

/**
 * Makes the records true that a crash left open: what it kept from happening is taken off them, temporary files and half
 * copies are removed, what was being removed for good is, and a directory that was taken aside to be checked gets its name
 * back; a change that happens whole or not at all is taken back. A record that cannot be settled (its folder is no root
 * now, the disk of the trash is full) stays open until the next start, and the log says why.
 */
export async function settleOpen(settling: Settling): Promise<void> {
  await eachOpen(settling, settleLastStep);
  await eachOpen(settling, settleUnfinished);
  // An undo is recorded in two places; what it did is known only now.
  await eachOpen(settling, settleUndo);
}

type Settle = (record: ChangeRecord, settling: Settling) => Promise<void>;

async function eachOpen(settling: Settling, settle: Settle): Promise<void> {
  const { trash, log } = settling;
  for (const id of trash.openIds()) {
    const record = trash.load(id);
    if (!record) continue;
    try {
      await settle(record, settling);
    } catch (error) {
      if (!isFailure(error)) throw error;
      const { tool, steps } = record;
      const about = { change: id, tool, paths: steps.flatMap(pathsOf), reason: reasonOf(error) };
      log.warn(about, 'a change that a crash had left open could not be settled and stays open until the next start');
    }
  }
}

/** What is wrong: the first sentence of an error's words. What follows tells a caller what to do, and there is none here. */
function reasonOf({ message }: Error): string {
  return message.split(/\.(?:\s|$)/)[0] ?? message;
}

async function settleLastStep(record: ChangeRecord, settling: Settling): Promise<void> {
  const step = record.steps.at(-1);
  if (!step?.pending) return;
  const { trash, log } = settling;
  const happened = await hasHappened(step, settling);
  const { pending: _, ...done } = step;
  const steps = [...record.steps.slice(0, -1), ...(happened ? [done] : [])];
  if (steps.length === 0) trash.forget(record.id);
  else trash.save({ ...record, steps });
  if (!happened) for (const item of itemsOf(step)) trash.items.discard(item);
  log.info({ change: record.id, tool: record.tool, happened }, 'a crash had left a change open');
}

/** Where something was changed since, what was done of it stays, and is on record. */
async function settleUnfinished(record: ChangeRecord, { trash, log, rollBack }: Settling): Promise<void> {
  if (!record.unfinished || isPending(record)) return;
  const about = { change: record.id, tool: record.tool };
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

async function settleUndo(record: ChangeRecord, { sandbox, trash }: Settling): Promise<void> {
  const { undoing, ...closed } = record;
  if (undoing === undefined) return;
  let isUndone = true;
  for (const step of record.steps) isUndone &&= await isTakenBack(step, sandbox);
  trash.save(isUndone ? { ...closed, undoneBy: undoing } : closed);
}

function hasHappened(step: ChangeStep, settling: Settling): Promise<boolean> {
  const { sandbox } = settling;
  if (step.op === 'move') {
    const intent = { access: 'write', follow: false } as const;
    return sandbox.use(step.from, intent, (from) => sandbox.use(step.to, intent, (to) => moveHappened(step, from, to)));
  }
  return at(step.path, sandbox, (place) => {
    if (step.op === 'write') return writeHappened(step, place);
    if (step.op === 'delete') return deleteHappened(step, place, settling);
    if (step.op === 'create_directory') return place.now()?.isDirectory() === true;
    return treeHappened(step, place);
  });
}

function at<T>(path: string, sandbox: Sandbox, work: (place: Place) => Promise<T> | T): Promise<T> {
  return sandbox.use(path, { access: 'write', follow: false }, work);
}

function writeHappened({ temporary, after }: Step<'write'>, place: Place): Promise<boolean> {
  const half = beside(place, temporary);
  if (half) removeNow(half.slot);
  return hasContent(place, after);
}

async function deleteHappened(step: Step<'delete'>, place: Place, { trash }: Settling): Promise<boolean> {
  const aside = beside(place, step.aside);
  if (step.backup !== null && trash.items.has(step.backup)) {
    if (aside) removeNow(aside.slot);
    // Between two disks a file is removed when its copy is in the trash: where both are there, it was not.
    return aside !== undefined || !(await trash.items.holds(step.backup, slotOf(place), place.now()));
  }
  if (!aside) return step.backup === null && place.now() === undefined;
  if (step.removing) removeNow(aside.slot);
  else putBack(aside.slot, slotOf(place));
  return step.removing === true;
}

async function moveHappened(step: Step<'move'>, from: Place, to: Place): Promise<boolean> {
  const half = beside(to, step.temporary);
  const aside = beside(from, step.aside);
  if (half) removeNow(half.slot);
  const [source, target] = [from.now(), to.now()];
  const isThere = target !== undefined && (!half || isSame(half.stats, target));
  if (isThere && step.removing) {
    if (aside) removeNow(aside.slot);
    else if (
      source?.isFile() &&
      target.isFile() &&
      (await hashAt(slotOf(from), never())) === (await hashAt(slotOf(to), never()))
    )
      unlinkSync(from.at);
    return true;
  }
  if (aside) putBack(aside.slot, slotOf(from));
  else if (isThere && source === undefined) return true;
  // A file is given its new name before it loses the old one.
  else if (isThere && source && source.nlink > 1 && isSame(source, target)) unlinkSync(to.at);
  return false;
}

function treeHappened({ temporary }: Step<'create_tree'>, place: Place): boolean {
  const half = beside(place, temporary);
  if (half) removeNow(half.slot);
  const made = place.now();
  return made !== undefined && (!half || isSame(half.stats, made));
}

/** Whether what a step did is not so any more. */
function isTakenBack(step: ChangeStep, sandbox: Sandbox): Promise<boolean> {
  if (step.op === 'move') {
    const { from, to, backup } = step;
    const isThere = (path: string) => at(path, sandbox, (place) => place.now() !== undefined);
    return isThere(from).then(async (isBack) => isBack && (backup === null || (await isThere(to))));
  }
  return at(step.path, sandbox, async (place) => {
    const now = place.now();
    if (step.op === 'delete') return now !== undefined;
    if (step.op === 'create_directory') return !now?.isDirectory() || readdirSync(place.at).length > 0;
    if (step.op === 'create_tree' || step.created) return now === undefined;
    return now !== undefined && !(await hasContent(place, step.after));
  });
}

async function hasContent(place: Place, hash: string): Promise<boolean> {
  return hash !== '' && place.now()?.isFile() === true && (await hashAt(slotOf(place), never())) === hash;
}

/** What is beside a path under another name that the gateway gave; undefined where nothing is. */
function beside({ directory, rest }: Place, name: string | undefined): { slot: Slot; stats: Stats } | undefined {
  if (name === undefined || !isTemporaryName(name) || rest.length > 0) return undefined;
  const stats = lstatSync(directory.at(name), { throwIfNoEntry: false });
  return stats && { slot: { directory, name }, stats };
}

function isSame(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}

function never(): AbortSignal {
  return new AbortController().signal;
}
