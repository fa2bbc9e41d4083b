import {
  chmodSync,
  constants,
  lstatSync,
  opendirSync,
  openSync,
  readdirSync,
  rmdirSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { GatewayError } from '../../../core/errors.ts';
import { type Directory, pathBelow, safeOpenFlags } from '../sandbox/directory.ts';
import { errnoOf, explain, printable } from '../sandbox/failure.ts';
import { requireSameMount } from '../sandbox/mount-crossing.ts';
import type { Slot } from './replace-file.ts';
import { type TreeBounds, TreePace } from './tree-bounds.ts';

/** Bytes of a directory itself from which on its removal takes a file system long enough to leave it to a thread. */
const largeDirectory = 65_536;

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
      // Of its own a directory is read a part at a time, again until it is empty: the names of a large one take long.
      const names = this.#rules.own ? allNamesIn(directory) : namesIn(directory);
      for (const name of names) await this.remove({ directory, name }, depth + 1);
    });
    if (stats.size > largeDirectory) await rmdir(path);
    else rmdirSync(path);
    this.removed++;
  }

  /** Calls `see` for every entry below a directory, itself included, with its path relative to it. */
  async visitAll(
    slot: Slot,
    see: (relative: readonly string[], stats: Stats, at: Slot) => void,
    relative: readonly string[] = [],
  ): Promise<void> {
    await this.#pace.step(relative.length);
    const stats = entryStats(slot);
    see(relative, stats, slot);
    if (!stats.isDirectory()) return;
    await withinMount(slot, async (directory) => {
      for (const name of namesIn(directory)) await this.visitAll({ directory, name }, see, [...relative, name]);
    });
  }
}

/** Runs `work` in a directory that is opened for it; what keeps it from being opened is said of it. */
export async function insideOf<T>(slot: Slot, work: (directory: Directory) => Promise<T>): Promise<T> {
  const directory = sayingOf(pathOf(slot), () => slot.directory.enter(slot.name));
  try {
    return await work(directory);
  } finally {
    directory.close();
  }
}

/** The names in a directory, in no order. */
export function namesIn(directory: Directory): string[] {
  return sayingOf(directory.path, () => readdirSync(directory.self));
}

/** Runs `work`, whose errors are said of that path, and not of what a call names first. */
export function sayingOf<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explain(error, path);
  }
}

function withinMount<T>(slot: Slot, work: (directory: Directory) => Promise<T>): Promise<T> {
  return insideOf(slot, (directory) => {
    requireSameMount(slot.directory, directory);
    return work(directory);
  });
}

/** The names in a directory that is being emptied; some file systems pass over names where others are removed meanwhile. */
function* allNamesIn({ self }: Directory): Generator<string> {
  for (let found = true; found; ) {
    found = false;
    const opened = opendirSync(self, { bufferSize: 500 });
    try {
      for (let entry = opened.readSync(); entry; entry = opened.readSync()) {
        found = true;
        yield entry.name;
      }
    } finally {
      opened.closeSync();
    }
  }
}

/** Lets a directory that belongs to the gateway's user be emptied: copies have the permissions of what was copied. */
function makeWritable({ self }: Directory, { mode, uid }: Stats): void {
  if ((mode & 0o700) !== 0o700 && uid === process.getuid?.()) chmodSync(self, 0o700);
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
export function entryStats(slot: Slot): Stats {
  const { directory, name } = slot;
  const stats = sayingOf(pathOf(slot), () => lstatSync(directory.at(name), { throwIfNoEntry: false }));
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
