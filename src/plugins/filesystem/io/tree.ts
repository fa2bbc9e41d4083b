import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  type Stats,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { GatewayError } from '../../../core/errors.ts';
import { type Directory, pathBelow, safeOpenFlags } from '../sandbox/directory.ts';
import { printable } from '../sandbox/failure.ts';
import { refuseSpecial } from '../sandbox/place.ts';
import { finishDirectory, giveLinkAttributes, uncopyable } from './attributes.ts';
import { readAt } from './read.ts';
import { replaceFile, type Slot } from './replace-file.ts';
import { SameFiles } from './same-files.ts';
import { isTemporaryName, temporaryName } from './temporary-name.ts';

const chunkBytes = 1_048_576;
const deepest = 256;
const yieldEvery = 100;

export interface TreeRules {
  readonly maxEntries: number;
  readonly signal: AbortSignal;
  /** Bytes of data that may be copied, holes not counted; any where absent. */
  readonly maxBytes?: number;
  /**
   * Gives what is copied owner, permissions, times and hard links of what it is copied from, and throws for what cannot
   * be copied, rather than leaving it out: for moves and for what comes back. It is not synced: `syncTree` does that.
   */
  readonly whole?: boolean;
  /** False leaves an entry out of a copy, with all that is in it. `stats` are those of the entry at `from`. */
  mayCopy?(from: string, to: string, stats: Stats): boolean;
}

/** What a walk over a tree did. */
export interface TreeCount {
  files: number;
  directories: number;
  links: number;
  bytes: number;
  /** Left out of a copy: protected files, devices, FIFOs, sockets. */
  skipped: number;
}

/** Copies and removes trees by open directories; links are entries like others and are never followed. */
export class TreeWork {
  readonly count: TreeCount = { files: 0, directories: 0, links: 0, bytes: 0, skipped: 0 };
  readonly #rules: TreeRules;
  #visited = 0;
  #data = 0;
  #sameFiles: SameFiles | undefined;

  constructor(rules: TreeRules) {
    this.#rules = rules;
  }

  /** Copies a file, link or directory to a name that is free. */
  async copy(from: Slot, to: Slot, depth = 0): Promise<void> {
    await this.#visit(depth);
    const source = from.directory.at(from.name);
    const stats = entryStats(from);
    if (!this.#mayCopy(from, to, stats)) this.count.skipped++;
    else if (stats.isSymbolicLink()) {
      symlinkSync(readlinkSync(source), to.directory.at(to.name));
      this.count.links++;
      if (this.#rules.whole) giveLinkAttributes(to.directory.at(to.name), stats);
    } else if (stats.isFile()) await this.#copyFile(from, to);
    else if (stats.isDirectory()) await this.#copyDirectory(from, to, stats, depth);
    else if (this.#rules.whole) throw uncopyable(from.name, stats);
    else this.count.skipped++;
  }

  /** Removes a file or link, or a directory with everything in it. */
  async remove(slot: Slot, depth = 0): Promise<void> {
    await this.#visit(depth);
    const path = slot.directory.at(slot.name);
    const stats = entryStats(slot);
    if (!stats.isDirectory()) {
      unlinkSync(path);
      this.count.files++;
      return;
    }
    await this.#inside(slot, async (directory) => {
      for (const name of readdirSync(directory.self)) await this.remove({ directory, name }, depth + 1);
    });
    rmdirSync(path);
    this.count.directories++;
  }

  /** Calls `see` for every entry below a directory, itself included, with its path relative to it. */
  async visitAll(
    slot: Slot,
    see: (relative: readonly string[], stats: Stats, at: Slot) => void,
    relative: readonly string[] = [],
  ): Promise<void> {
    await this.#visit(relative.length);
    const stats = entryStats(slot);
    see(relative, stats, slot);
    if (!stats.isDirectory()) return;
    await this.#inside(slot, async (directory) => {
      for (const name of readdirSync(directory.self))
        await this.visitAll({ directory, name }, see, [...relative, name]);
    });
  }

  async #copyFile(from: Slot, to: Slot): Promise<void> {
    const fd = openSync(from.directory.at(from.name), constants.O_RDONLY | safeOpenFlags);
    try {
      const stats = fstatSync(fd);
      refuseSpecial(stats, from.name);
      // Judged again on the open file, and once more before it takes its name: both ends may have changed meanwhile.
      const requireAllowed = () => {
        if (!this.#mayCopy(from, to, stats)) throw changedMeanwhile(from.name);
      };
      requireAllowed();
      const sameFiles = stats.nlink > 1 ? this.#sameFiles : undefined;
      if (sameFiles?.giveName(stats, to)) {
        this.count.files++;
        return;
      }
      this.#data += bytesOnDisk(stats);
      requireCopyable(this.#data, this.#rules.maxBytes);
      const chunks = readChunks(fd, this.#rules.signal);
      const temporary = temporaryName();
      await replaceFile(to, {
        chunks,
        replaces: undefined,
        mode: stats.mode,
        like: this.#rules.whole ? stats : undefined,
        sync: this.#rules.whole !== true,
        temporary,
        beforeRename: requireAllowed,
      });
      if (this.#rules.whole) requireSame(stats, fstatSync(fd), from.name);
      sameFiles?.remember(stats, to);
      this.count.files++;
      this.count.bytes += stats.size;
    } finally {
      closeSync(fd);
    }
  }

  async #copyDirectory(from: Slot, to: Slot, stats: Stats, depth: number): Promise<void> {
    mkdirSync(to.directory.at(to.name), { mode: 0o700 });
    this.count.directories++;
    await this.#inside(from, (source) =>
      this.#inside(to, async (target) => {
        if (depth === 0 && this.#rules.whole) this.#sameFiles = new SameFiles(target);
        try {
          for (const name of readdirSync(source.self)) {
            if (isTemporaryName(name)) continue;
            await this.copy({ directory: source, name }, { directory: target, name }, depth + 1);
          }
        } finally {
          if (depth === 0) this.#sameFiles?.close();
        }
        finishDirectory(target, stats, this.#rules.whole === true);
      }),
    );
  }

  #mayCopy(from: Slot, to: Slot, stats: Stats): boolean {
    return this.#rules.mayCopy?.(pathOf(from), pathOf(to), stats) ?? true;
  }

  async #inside<T>(slot: Slot, work: (directory: Directory) => Promise<T>): Promise<T> {
    const directory = slot.directory.enter(slot.name);
    try {
      return await work(directory);
    } finally {
      directory.close();
    }
  }

  async #visit(depth: number): Promise<void> {
    this.#rules.signal.throwIfAborted();
    if (++this.#visited > this.#rules.maxEntries) {
      throw new GatewayError(
        'too_large',
        `More than ${this.#rules.maxEntries} entries (limits.walkEntries). Do it for one subdirectory at a time.`,
      );
    }
    if (depth > deepest) throw new GatewayError('too_large', `Directories nest deeper than ${deepest}.`);
    if (this.#visited % yieldEvery === 0) await setImmediate();
  }
}

/** What a file takes, which is less than its size where it has holes. */
export function bytesOnDisk({ size, blocks }: Stats): number {
  return process.platform === 'win32' ? size : Math.min(size, blocks * 512);
}

/** Throws `too_large` for more data than one copy may take. */
export function requireCopyable(bytes: number, maxBytes = Number.POSITIVE_INFINITY): void {
  if (bytes <= maxBytes) return;
  throw new GatewayError(
    'too_large',
    `More than ${maxBytes} bytes of data are copied (limits.copyBytes). Nothing was changed; copy a part of it.`,
  );
}

/** The bytes of an open file, a piece at a time. */
export async function* readChunks(fd: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    signal.throwIfAborted();
    const chunk = await readAt(fd, position, chunkBytes);
    if (chunk.length === 0) return;
    yield chunk;
    position += chunk.length;
  }
}

function entryStats({ directory, name }: Slot): Stats {
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

function requireSame(before: Stats, now: Stats, name: string): void {
  if (before.size !== now.size || before.mtimeMs !== now.mtimeMs) throw changedMeanwhile(name);
}

/** The real path of a slot, for patterns and messages. */
export function pathOf({ directory, name }: Slot): string {
  return pathBelow(directory.path, name);
}
