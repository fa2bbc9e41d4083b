import { fstatSync, rmdirSync, type Stats } from 'node:fs';
import { readChunks } from '../io/chunks.ts';
import { hashFile, readWhole } from '../io/read.ts';
import type { Slot } from '../io/replace-file.ts';
import { errnoOf, printable } from '../sandbox/failure.ts';
import type { OpenFile, Place } from '../sandbox/place.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { requireUnprotectedTree } from '../sandbox/tree-permission.ts';
import { decodeText, detectFormat, looksBinary } from '../text/encoding.ts';
import { unifiedDiff } from '../text/unified-diff.ts';
import type { TreeCheck } from './aside.ts';
import { type Change, slotOf } from './change.ts';
import { isMoved, treeFingerprint } from './fingerprint.ts';
import { NotUndoable } from './not-undoable.ts';
import type { ChangeRecord, ChangeStep } from './record.ts';
import { atPath, type Step } from './step-places.ts';
import type { Trash } from './trash.ts';

export interface UndoContext {
  readonly sandbox: Sandbox;
  readonly trash: Trash;
  /** What the undo itself is recorded as, so that it can be undone. */
  readonly change: Change;
  readonly maxBytes: number;
  /** Entries of a tree that may be looked through. */
  readonly maxEntries: number;
  readonly signal: AbortSignal;
}

/**
 * Takes a change back, its last step first, under the rights and patterns of now. Nothing that was changed since is
 * overwritten: such a step is refused with what differs. Returns one line or diff a step.
 */
export async function undo(record: ChangeRecord, context: UndoContext): Promise<string[]> {
  const steps = [...record.steps].reverse();
  // All of it is looked at before any of it is done, so that a change is not left half undone.
  for (const step of steps) await requireUndoable(step, context);
  const done: string[] = [];
  for (const step of steps) {
    context.signal.throwIfAborted();
    done.push(await undoStep(step, context));
  }
  return done;
}

export function undoStep(step: ChangeStep, context: UndoContext): Promise<string> {
  if (step.op === 'write') return undoWrite(step, context);
  if (step.op === 'delete') return undoDelete(step, context);
  if (step.op === 'move') return undoMove(step, context);
  if (step.op === 'create_directory') return undoDirectory(step, context);
  return undoTree(step, context);
}

/** Throws where what a step left was changed since, `NotUndoable` for good, or what it needs is not there. */
export async function requireUndoable(step: ChangeStep, context: UndoContext): Promise<void> {
  if (step.op === 'write') await atPath(step.path, context.sandbox, (place) => requireRewritable(place, step, context));
  else if (step.op === 'delete')
    await atPath(step.path, context.sandbox, (place) => requireRestorable(place, step, context));
  else if (step.op === 'create_tree')
    await atPath(step.path, context.sandbox, (place) =>
      place.stats ? requireSameTree(slotOf(place), step, context) : undefined,
    );
  else if (step.op === 'move') await atPath(step.to, context.sandbox, (place) => requireMoved(place, step, context));
}

async function requireRewritable(place: Place, step: Step<'write'>, context: UndoContext): Promise<void> {
  await requireWritten(place, step, context);
  if (step.created) return;
  place.requireParent();
  requireItem(step.backup, step.path, context);
}

/** Returns the item that is to be put there. */
function requireRestorable(place: Place, { backup, path }: Step<'delete'>, context: UndoContext): string {
  requireFree(place);
  place.requireParent();
  return requireItem(backup, path, context);
}

function requireFree(place: Place): void {
  if (!place.stats) return;
  throw new NotUndoable(`${printable(place.path)} exists again. Move it away, then undo.`);
}

/** Throws where a tree is no longer what the change made. */
async function requireSameTree(slot: Slot, step: Step<'create_tree'>, context: UndoContext): Promise<void> {
  const { after, path } = step;
  if (after === undefined || (await treeFingerprint(slot, context.maxEntries, context.signal)) === after) return;
  throw new NotUndoable(
    `${printable(path)} is no longer what this change made: something in it was added, changed or taken away since. Nothing was undone. Undo the later changes first (list_changes names those of tools), or use delete_path.`,
  );
}

/** Throws where something else is at the new name by now. */
async function requireMoved(place: Place, { moved, to }: Step<'move'>, { signal }: UndoContext): Promise<void> {
  if (moved === undefined || (await isMoved(slotOf(place), place.existing, moved, signal))) return;
  throw new NotUndoable(
    `${printable(to)} is no longer what was moved there. Nothing was undone. Undo the later change first (list_changes names it), or move it yourself.`,
  );
}

function undoTree(step: Step<'create_tree'>, context: UndoContext): Promise<string> {
  const { path } = step;
  return atPath(path, context.sandbox, async (place) => {
    if (!place.stats) return `${printable(path)} is gone already`;
    await requireSameTree(slotOf(place), step, context);
    const isUnprotected = treeCheck(context, path);
    const check: TreeCheck = async (slot) => {
      await isUnprotected(slot);
      await requireSameTree(slot, step, context);
    };
    await context.change.remove(place, false, place.stats.isDirectory() ? check : undefined);
    return `removed ${printable(path)}`;
  });
}

/** What came to be in a directory since is held to the same rules as when it is deleted or moved. */
function treeCheck({ sandbox, maxEntries, signal }: UndoContext, fromPath: string, toPath?: string): TreeCheck {
  const change = { fromPath, maxEntries, signal, ...(toPath === undefined ? {} : { toPath }) };
  return (slot) => requireUnprotectedTree(sandbox, slot, change);
}

function undoWrite(step: Step<'write'>, context: UndoContext): Promise<string> {
  return atPath(step.path, context.sandbox, async (place) => {
    const current = await requireWritten(place, step, context);
    if (step.created) {
      if (current) await context.change.remove(place, false);
      return `removed ${printable(step.path)}`;
    }
    place.requireParent();
    const item = requireItem(step.backup, step.path, context);
    if (!current) {
      await context.change.restore(place, context.trash.items, item);
      return `restored ${printable(step.path)}`;
    }
    return context.trash.items.withItem(item, async (fd) => {
      // All that could fail comes before the file is changed.
      const old = { fd, stats: fstatSync(fd) };
      const said = await restoredText(place, old, step.path, context);
      const chunks = readChunks(fd, context.signal);
      await context.change.writeChunks(place, chunks, { replaces: current, times: old.stats });
      return said;
    });
  });
}

/** The diff of what is put back, where both sides are small enough to have one. */
async function restoredText(place: Place, old: OpenFile, path: string, context: UndoContext): Promise<string> {
  const { maxBytes, signal } = context;
  return place.withFile(async (file) => {
    if (Math.max(file.stats.size, old.stats.size) > maxBytes) return `restored ${printable(path)}`;
    return diffOf(
      await readWhole(file, maxBytes, 'a diff', signal),
      await readWhole(old, maxBytes, 'a diff', signal),
      path,
    );
  });
}

/** The file as it is, undefined where it is gone. Throws where it is no longer what the change wrote. */
async function requireWritten(place: Place, step: Step<'write'>, { signal }: UndoContext): Promise<Stats | undefined> {
  if (!place.stats) return undefined;
  return place.withFile(async (file) => {
    const isSize = step.size === undefined || file.stats.size === step.size;
    if (isSize && (step.after === '' || (await hashFile(file, signal)) === step.after)) return file.stats;
    throw changedSince(step.path);
  });
}

function changedSince(path: string): NotUndoable {
  return new NotUndoable(
    `${printable(path)} was changed again after this change. Undo the later change first (list_changes names it), or edit the file.`,
  );
}

function undoDelete(step: Step<'delete'>, context: UndoContext): Promise<string> {
  return atPath(step.path, context.sandbox, async (place) => {
    const item = requireRestorable(place, step, context);
    await context.change.restore(place, context.trash.items, item);
    return `restored ${printable(step.path)}`;
  });
}

function undoMove(step: Step<'move'>, context: UndoContext): Promise<string> {
  const intent = { access: 'write', follow: false } as const;
  return context.sandbox.usePair({ path: step.to, intent }, { path: step.from, intent }, async (from, to) => {
    to.requireParent();
    await requireMoved(from, step, context);
    if (to.stats?.ino !== from.existing.ino) requireFree(to); // one name in another spelling is free
    const item = step.backup === null ? undefined : requireItem(step.backup, step.to, context);
    await context.change.move(from, to, false, treeCheck(context, from.path, to.path));
    if (item !== undefined) {
      await context.change.restore(from, context.trash.items, item);
    }
    return `moved ${printable(step.to)} back to ${printable(step.from)}`;
  });
}

function undoDirectory(step: Step<'create_directory'>, context: UndoContext): Promise<string> {
  return atPath(step.path, context.sandbox, async (place) => {
    if (!place.stats) return `${printable(step.path)} is gone already`;
    if (removeEmpty(slotOf(place))) return `removed ${printable(step.path)}`;
    return `kept ${printable(step.path)}: it is not empty`;
  });
}

/** Removes a directory; false where it is not empty. */
function removeEmpty({ directory, name }: Slot): boolean {
  try {
    rmdirSync(directory.at(name));
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOTEMPTY' || errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function requireItem(backup: string | null, path: string, { trash }: UndoContext): string {
  if (backup !== null && trash.items.has(backup)) return backup;
  throw new NotUndoable(`What ${printable(path)} was before is not in the trash (any more).`);
}

async function diffOf(before: Buffer, after: Buffer, path: string): Promise<string> {
  const [old, fresh] = [before, after].map((bytes) => ({ bytes, format: detectFormat(bytes, true) }));
  if (!old || !fresh || looksBinary(old.bytes, old.format) || looksBinary(fresh.bytes, fresh.format)) {
    return `restored ${printable(path)}`;
  }
  return unifiedDiff(decodeText(old.bytes, old.format), decodeText(fresh.bytes, fresh.format), path);
}
