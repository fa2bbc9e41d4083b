import { fstatSync } from 'node:fs';
import { readChunks } from '../io/chunks.ts';
import { readWhole } from '../io/read.ts';
import { printable } from '../sandbox/failure.ts';
import type { OpenFile, Place } from '../sandbox/place.ts';
import { requireUnprotectedTree } from '../sandbox/tree-permission.ts';
import { decodeText, detectFormat, looksBinary } from '../text/encoding.ts';
import { unifiedDiff } from '../text/unified-diff.ts';
import { hasItem, isMovedThere, requireFree, requireItem, requireSameTree, requireWritten } from './as-left.ts';
import type { TreeCheck } from './aside.ts';
import { type Change, slotOf } from './change.ts';
import type { ChangeRecord, ChangeStep } from './record.ts';
import { removeEmpty } from './remove-empty.ts';
import { atPath, type Step } from './step-places.ts';
import { inUndoOrder } from './undo-order.ts';
import { type CheckContext, requireUndoable } from './undoable.ts';

export interface UndoContext extends CheckContext {
  /** What the undo itself is recorded as, so that it can be undone. */
  readonly change: Change;
  readonly maxBytes: number;
}

/**
 * Takes a change back, its last step first, under the rights and patterns of now. Nothing that was changed since is
 * overwritten: such a step is refused with what differs. Returns one line or diff a step.
 */
export async function undo(record: ChangeRecord, context: UndoContext): Promise<string[]> {
  const steps = inUndoOrder(record);
  // All of it is looked at before any of it is done, so that a change is not left half undone.
  await requireUndoable(steps, context);
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

function undoTree(step: Step<'create_tree'>, context: UndoContext): Promise<string> {
  const { path } = step;
  const { maxEntries, signal } = context;
  return atPath(path, context.sandbox, async (place) => {
    if (!place.stats) return `${printable(path)} is gone already`;
    await requireSameTree(slotOf(place), step, maxEntries, signal);
    const isUnprotected = treeCheck(context, path);
    const check: TreeCheck = async (slot) => {
      await isUnprotected(slot);
      await requireSameTree(slot, step, maxEntries, signal);
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
    const current = await requireWritten(place, step, context.signal);
    if (step.created) {
      if (!current) return `${printable(step.path)} is gone already`;
      await context.change.remove(place, false);
      return `removed ${printable(step.path)}`;
    }
    place.requireParent();
    const item = requireItem(step.backup, step.path, context.trash.items);
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

function undoDelete(step: Step<'delete'>, context: UndoContext): Promise<string> {
  return atPath(step.path, context.sandbox, async (place) => {
    if (step.empty && place.stats?.isDirectory()) return `${printable(step.path)} is there already`;
    requireFree(place, step.path);
    place.requireParent();
    const { items } = context.trash;
    if (step.empty && !hasItem(step.backup, items)) {
      // A crash came while it was brought back once before, and what was done of that was undone.
      context.change.makeDirectories(place, [place.entryName]);
      return `made ${printable(step.path)} anew`;
    }
    const item = requireItem(step.backup, step.path, items);
    await context.change.restore(place, items, item, step.empty);
    return `restored ${printable(step.path)}`;
  });
}

async function undoMove(step: Step<'move'>, context: UndoContext): Promise<string> {
  const { sandbox, signal, change } = context;
  const { items } = context.trash;
  const isThere = await atPath(step.to, sandbox, (place) => isMovedThere(place, step, signal));
  if (!isThere) return restoreReplaced(step, context);
  const intent = { access: 'write', follow: false } as const;
  return sandbox.usePair({ path: step.to, intent }, { path: step.from, intent }, async (from, to) => {
    to.requireParent();
    await isMovedThere(from, step, signal);
    if (to.stats?.ino !== from.existing.ino) requireFree(to, step.from); // one name in another spelling is free
    const item = step.backup === null ? undefined : requireItem(step.backup, step.to, items);
    await change.move(from, to, false, treeCheck(context, from.path, to.path));
    if (item !== undefined) await change.restore(from, items, item);
    return `moved ${printable(step.to)} back to ${printable(step.from)}`;
  });
}

function restoreReplaced({ from, to, backup }: Step<'move'>, { sandbox, change, trash }: UndoContext): Promise<string> {
  return atPath(to, sandbox, async (place) => {
    requireFree(place, to);
    place.requireParent();
    await change.restore(place, trash.items, requireItem(backup, to, trash.items));
    return `restored ${printable(to)}; what had been moved there is gone, so it was not moved back to ${printable(from)}`;
  });
}

function undoDirectory({ path }: Step<'create_directory'>, { sandbox, change }: UndoContext): Promise<string> {
  return atPath(path, sandbox, async (place) => {
    if (!place.stats) return `${printable(path)} is gone already`;
    return (await removeEmpty(place, change))
      ? `removed ${printable(path)}`
      : `kept ${printable(path)}: it is not empty`;
  });
}

async function diffOf(before: Buffer, after: Buffer, path: string): Promise<string> {
  const [old, fresh] = [before, after].map((bytes) => ({ bytes, format: detectFormat(bytes, true) }));
  if (!old || !fresh || looksBinary(old.bytes, old.format) || looksBinary(fresh.bytes, fresh.format)) {
    return `restored ${printable(path)}`;
  }
  return unifiedDiff(decodeText(old.bytes, old.format), decodeText(fresh.bytes, fresh.format), path);
}
