import type { Stats } from 'node:fs';
import { hashFile } from '../io/read.ts';
import type { Slot } from '../io/replace-file.ts';
import { printable } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';
import { slotOf } from './change.ts';
import { isMoved, treeFingerprint } from './fingerprint.ts';
import type { KeptItems } from './kept-items.ts';
import { NotUndoable } from './not-undoable.ts';
import type { Step } from './step-places.ts';

/** The file as it is, undefined where it is gone. Throws where it is no longer what the change wrote. */
export async function requireWritten(
  place: Place,
  step: Step<'write'>,
  signal: AbortSignal,
): Promise<Stats | undefined> {
  if (!place.stats) return undefined;
  return place.withFile(async (file) => {
    const isSize = step.size === undefined || file.stats.size === step.size;
    if (isSize && (step.after === '' || (await hashFile(file, signal)) === step.after)) return file.stats;
    throw new NotUndoable(
      `${printable(step.path)} was changed again after this change. Undo the later change first (list_changes names it), or edit the file.`,
    );
  });
}

/** Throws where a tree is no longer what the change made. */
export async function requireSameTree(
  slot: Slot,
  { after, path }: Step<'create_tree'>,
  maxEntries: number,
  signal: AbortSignal,
): Promise<void> {
  if (after === undefined || (await treeFingerprint(slot, maxEntries, signal)) === after) return;
  throw new NotUndoable(
    `${printable(path)} is no longer what this change made: something in it was added, changed or taken away since. Nothing was undone. Undo the later changes first (list_changes names those of tools), or use delete_path.`,
  );
}

/**
 * Whether what was moved is at its new name; false where nothing is, and what the move replaced can come back there alone.
 * Throws where something else is, or nothing and there is nothing to bring back.
 */
export async function isMovedThere(place: Place, step: Step<'move'>, signal: AbortSignal): Promise<boolean> {
  const { moved, to, backup } = step;
  if (place.stats && (moved === undefined || (await isMoved(slotOf(place), place.stats, moved, signal)))) return true;
  if (!place.stats) return requireReplaced(step);
  const orElse =
    backup === null
      ? 'move it yourself'
      : 'move it away, then undo: that restores what the move replaced, but cannot move back what it moved';
  throw new NotUndoable(
    `${printable(to)} is no longer what was moved there. Nothing was undone. Undo the later change first (list_changes names it), or ${orElse}.`,
  );
}

/** Where what was moved is gone: false, or throws where it replaced nothing. */
export function requireReplaced({ to, backup }: Step<'move'>): false {
  if (backup !== null) return false;
  throw new NotUndoable(
    `${printable(to)} is gone, so that it cannot be moved back. Nothing was undone. Undo the later change first (list_changes names it), or move it there, then undo.`,
  );
}

/** Throws where something is at the name of what is to come back; `path` is what to call it. */
export function requireFree(place: Place, path: string): void {
  if (place.stats) throw existsAgain(path);
}

export function existsAgain(path: string): NotUndoable {
  return new NotUndoable(`${printable(path)} exists again. Move it away, then undo.`);
}

export function hasItem(backup: string | null, items: KeptItems): backup is string {
  return backup !== null && items.has(backup);
}

/** Returns the item that is to come back; throws where it is not there. */
export function requireItem(backup: string | null, path: string, items: KeptItems): string {
  if (hasItem(backup, items)) return backup;
  throw new NotUndoable(`What ${printable(path)} was before is not in the trash (any more).`);
}
