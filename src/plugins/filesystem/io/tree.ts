import { constants, lstatSync, openSync, readdirSync, rmdirSync, type Stats, unlinkSync } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import { type Directory, pathBelow, safeOpenFlags } from '../sandbox/directory.ts';
import { errnoOf, explain, printable } from '../sandbox/failure.ts';
import { requireSameMount } from '../sandbox/mount-crossing.ts';
import { makeWritable } from './remove-now.ts';
import type { Slot } from './replace-file.ts';
import { type TreeBounds, TreePace } from './tree-bounds.ts';

interface WorkRules extends TreeBounds {
  /** What is removed was made by this call: that its directories may not be written does not keep it. */
  readonly own?: boolean;
  /** Throws for a file or link that must not be removed; asked right before each is. */
  requireRemovable?(stats: Stats, slot: Slot): void;
}

/**
 * Walks and removes trees by open directories; links are entries like others and are never followed, and what is mounted
 * in a tree ends the walk with an error that names the mount point.
 */
export class TreeWork {
  /** Entries removed so far. */
  removed = 0;
  readonly #pace: TreePace;
  readonly #rules: WorkRules;

  constructor(rules: WorkRules) {
    this.#pace = new TreePace(rules);
    this.#rules = rules;
  }

  /** Removes a file or link, or a directory with everything in it. */
  async remove(slot: Slot, depth = 0): Promise<void> {
    await this.#pace.step(depth);
    const path = slot.directory.at(slot.name);
    const stats = entryStats(slot);
    if (!stats.isDirectory()) {
      this.#rules.requireRemovable?.(stats, slot);
      unlinkSync(path);
      this.removed++;
      return;
    }
    await withinMount(slot, async (directory) => {
      if (this.#rules.own) makeWritable(directory, stats);
      for (const name of readdirSync(directory.self)) await this.remove({ directory, name }, depth + 1);
    });
    rmdirSync(path);
    this.removed++;
  }

  /** Calls `see` for every entry below a directory, itself included, with its path relative to it. */
  async visitAll(
    slot: Slot,
    see: (relative: readonly string[], stats: Stats, at: Slot) => void,
    relative: readonly string[] = [],
  ): Promise<void> {
    await this.#pace.step(relative.length);
    const stats = readingFrom(slot, () => entryStats(slot));
    see(relative, stats, slot);
    if (!stats.isDirectory()) return;
    await withinMount(slot, async (directory) => {
      for (const name of readingFrom(slot, () => readdirSync(directory.self)))
        await this.visitAll({ directory, name }, see, [...relative, name]);
    });
  }
}

/** Runs `work` in a directory that is opened for it. */
export async function insideOf<T>(slot: Slot, work: (directory: Directory) => Promise<T>): Promise<T> {
  const directory = slot.directory.enter(slot.name);
  try {
    return await work(directory);
  } finally {
    directory.close();
  }
}

function withinMount<T>(slot: Slot, work: (directory: Directory) => Promise<T>): Promise<T> {
  return insideOf(slot, (directory) => {
    requireSameMount(slot.directory, directory);
    return work(directory);
  });
}

/** What is read for a walk or a copy; what keeps it from being read is said of it, and not of where a copy goes. */
export function readingFrom<T>(slot: Slot, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw explain(error, pathOf(slot));
  }
}

/** Opens a file that is to be read for a copy; what keeps it from being opened is said of it, and not of the copy. */
export function openSource(slot: Slot): number {
  try {
    return openSync(slot.directory.at(slot.name), constants.O_RDONLY | safeOpenFlags);
  } catch (error) {
    throw errnoOf(error) === 'ENOENT' ? changedMeanwhile(slot.name) : explain(error, pathOf(slot));
  }
}

/** What an entry is; throws where it is gone, or has a name that cannot be used. */
export function entryStats({ directory, name }: Slot): Stats {
  const stats = lstatSync(directory.at(name), { throwIfNoEntry: false });
  if (stats) return stats;
  if (!name.includes('\ufffd')) throw changedMeanwhile(name);
  throw new GatewayError(
    'unsupported',
    `${printable(pathBelow(directory.path, name))} has a name that is not UTF-8, which the gateway cannot use. Nothing was changed; rename it by other means.`,
  );
}

/** What a walk says of an entry that is no longer what it was when the walk came to it. */
export function changedMeanwhile(name: string): GatewayError {
  return new GatewayError('busy', `${printable(name)} was changed by something else meanwhile. Try again.`);
}

/** The real path of a slot, for patterns and messages. */
export function pathOf({ directory, name }: Slot): string {
  return pathBelow(directory.path, name);
}
