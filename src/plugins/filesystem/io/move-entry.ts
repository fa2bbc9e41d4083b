import { accessSync, constants, lstatSync, renameSync } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import { errnoOf, explain, printable, reasonOf, systemError } from '../sandbox/failure.ts';
import { removeInTurns } from './remove-in-turns.ts';
import { renameWithoutReplacing, type Slot } from './replace-file.ts';
import { syncDirectory, syncTree } from './sync-tree.ts';
import { pathOf, TreeWork } from './tree.ts';
import { TreeCopy } from './tree-copy.ts';

export interface AsideRules {
  readonly signal: AbortSignal;
  /** The name beside its own under which something is made until it is whole. */
  readonly temporary: string;
  /** Called when it is safe on disk, before it takes its name. */
  readonly beforeRename?: () => void;
}

export interface CopyRules extends AsideRules {
  readonly maxEntries: number;
}

export interface MoveRules extends CopyRules {
  /** What is moved, for messages: it may have been taken off its name. */
  readonly source: string;
  /** Where to, for messages. */
  readonly destination: string;
  /**
   * Called where it is copied, when the copy is safe on disk and before it takes its name. `asOf`: when an entry of the
   * original was last changed (its ctime, in milliseconds) before the copy began; what changed later may not be in it.
   */
  readonly onCopied?: (asOf: number) => void;
}

export interface RenameRules extends MoveRules {
  readonly replace: boolean;
}

const mostEntries = Number.MAX_SAFE_INTEGER;

/** Renames an entry, or moves it to another disk; EEXIST where the name is taken and nothing is to be replaced. */
export async function renameEntry(from: Slot, to: Slot, rules: RenameRules): Promise<void> {
  if (rules.replace) {
    renameSync(from.directory.at(from.name), to.directory.at(to.name));
    return;
  }
  try {
    renameToFree(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error;
    await moveAcross(from, to, rules);
  }
}

/** Renames an entry to a name that nobody else uses, or copies and removes it where the two are on different disks. */
export async function moveEntry(from: Slot, to: Slot, rules: MoveRules): Promise<void> {
  try {
    renameSync(from.directory.at(from.name), to.directory.at(to.name));
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error;
    await moveAcross(from, to, rules);
  }
}

/** Renames an entry on one disk; EEXIST where the name is taken. */
export function renameToFree(from: Slot, to: Slot): void {
  if (!lstatSync(from.directory.at(from.name)).isDirectory()) {
    renameWithoutReplacing(from, to);
    return;
  }
  // A directory has no second name. Renaming replaces at most an empty directory made in this very moment.
  if (lstatSync(to.directory.at(to.name), { throwIfNoEntry: false })) throw systemError('EEXIST');
  renameSync(from.directory.at(from.name), to.directory.at(to.name));
}

/** Copies an entry to a free name with all that it is (owner, permissions, times, hard links): whole, or not at all. */
export async function copyWhole(from: Slot, to: Slot, rules: CopyRules): Promise<TreeCopy> {
  const { maxEntries, signal } = rules;
  const copy = new TreeCopy({ maxEntries, signal, whole: true });
  await makeAside(to, rules, (made) => copy.copy(from, made));
  return copy;
}

/**
 * Has something made under a name that nobody knows, and gives it its own when it is safe on disk; what there is of it is
 * removed where that fails.
 */
export async function makeAside<T>(to: Slot, rules: AsideRules, make: (at: Slot) => Promise<T>): Promise<T> {
  const { temporary, signal, beforeRename } = rules;
  const at = { directory: to.directory, name: temporary };
  let made: T;
  try {
    made = await make(at);
    await syncTree(at, signal);
    signal.throwIfAborted();
    beforeRename?.();
    renameToFree(at, to);
  } catch (error) {
    await removePartial(at);
    throw error;
  }
  await syncDirectory(to.directory);
  return made;
}

async function moveAcross(from: Slot, to: Slot, rules: MoveRules): Promise<void> {
  const { source, destination } = rules;
  const asOf = await requireRemovable(from, rules);
  const copy = await copyWhole(from, to, { ...rules, beforeRename: () => rules.onCopied?.(asOf) });
  // From here on it is finished even if the call is cancelled: the copy is whole.
  const bounds = { maxEntries: mostEntries, signal: new AbortController().signal };
  const removal = new TreeWork({
    ...bounds,
    requireRemovable: (stats, { name }) => copy.requireSameContent(stats, name),
  });
  try {
    await copy.requireUnchanged(from, source, bounds);
    await removal.remove(from);
  } catch (error) {
    if (removal.removed > 0) throw partlyRemoved(error, source, destination);
    await removePartial(to);
    throw explain(error, source);
  }
}

function partlyRemoved(error: unknown, source: string, destination: string): GatewayError {
  return new GatewayError(
    'unavailable',
    `${printable(source)} was copied, and all of it is ${destination}; but it could not all be removed (${error instanceof GatewayError ? reasonOf(error) : (errnoOf(error) ?? 'changed meanwhile')}). What is left of it is still there: compare the two where something was changed, then delete it with delete_path.`,
  );
}

/**
 * Throws where something would stay behind: what is on a read-only disk, immutable, or in a directory of others. Returns
 * when the last of it was changed.
 */
async function requireRemovable(slot: Slot, { source, maxEntries, signal }: MoveRules): Promise<number> {
  let changed = 0;
  const refuse = (error: unknown, path: string) => {
    throw explain(error, path);
  };
  requireAccess(slot.directory.self, (error) => refuse(error, source));
  await new TreeWork({ maxEntries, signal }).visitAll(slot, (relative, stats, { directory, name }) => {
    changed = Math.max(changed, stats.ctimeMs);
    if (!stats.isDirectory() && !stats.isFile()) return;
    requireAccess(directory.at(name), (error) => {
      // A file need not be writable to be removed; EPERM says that it is immutable.
      if (stats.isDirectory() || errnoOf(error) === 'EPERM') refuse(error, [source, ...relative].join('/'));
    });
  });
  return changed;
}

function requireAccess(path: string, refuse: (error: unknown) => void): void {
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    refuse(error);
  }
}

/** Half a copy would pass for a whole one. The call may have been cancelled, which must not stop the removal. */
async function removePartial(slot: Slot): Promise<void> {
  if (!lstatSync(slot.directory.at(slot.name), { throwIfNoEntry: false })) return;
  await removeInTurns(slot);
}

/** Names what a failed move is about: the destination where nothing may be made there, else the source. */
export function explainMove(error: unknown, from: Slot, to: Slot): unknown {
  const errno = errnoOf(error) ?? '';
  if (!['EROFS', 'EPERM', 'EACCES', 'EBUSY'].includes(errno)) return error;
  if (!mayWrite(to.directory.self)) return explain(error, pathOf(to));
  const needed = errno === 'EACCES' ? missingRight(from) : undefined;
  if (needed === undefined) return explain(error, pathOf(from));
  const what = `${errno}: the gateway's user has no permission to move ${printable(pathOf(from))}`;
  return new GatewayError('denied', `${what}: ${needed}. Nothing was changed; copy_file may do.`, {
    details: { errno },
  });
}

/** What a move takes beside the right to write where it goes, and is not there. */
function missingRight({ directory, name }: Slot): string | undefined {
  if (!mayWrite(directory.self)) return `the directory that it is in, ${printable(directory.path)}, may not be written`;
  const stats = lstatSync(directory.at(name), { throwIfNoEntry: false });
  if (!stats?.isDirectory() || mayWrite(directory.at(name))) return undefined;
  return 'a directory that may not itself be written cannot go into another one, only get another name in its own';
}

function mayWrite(path: string): boolean {
  let may = true;
  requireAccess(path, () => {
    may = false;
  });
  return may;
}
