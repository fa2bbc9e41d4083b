import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  futimesSync,
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
import { readAt } from './read.ts';
import { replaceFile, type Slot } from './replace-file.ts';
import { isTemporaryName, temporaryName } from './temporary-name.ts';

const chunkBytes = 1_048_576;
const deepest = 256;
const yieldEvery = 100;

export interface TreeRules {
  readonly maxEntries: number;
  readonly signal: AbortSignal;
  /** Bytes of data that may be copied, holes not counted; any where absent. */
  readonly maxBytes?: number;
  /** Gives what is copied the times of what it is copied from: for moves and for what comes back. */
  readonly keepTimes?: boolean;
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
    } else if (stats.isFile()) await this.#copyFile(from, to);
    else if (stats.isDirectory()) await this.#copyDirectory(from, to, stats, depth);
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
    see: (relative: readonly string[], stats: Stats) => void,
    relative: readonly string[] = [],
  ): Promise<void> {
    await this.#visit(relative.length);
    const stats = entryStats(slot);
    see(relative, stats);
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
      this.#data += bytesOnDisk(stats);
      requireCopyable(this.#data, this.#rules.maxBytes);
      const chunks = readChunks(fd, this.#rules.signal);
      const temporary = temporaryName();
      await replaceFile(to, {
        chunks,
        replaces: undefined,
        mode: stats.mode,
        times: this.#rules.keepTimes ? stats : undefined,
        temporary,
        beforeRename: requireAllowed,
      });
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
        for (const name of readdirSync(source.self)) {
          if (isTemporaryName(name)) continue;
          await this.copy({ directory: source, name }, { directory: target, name }, depth + 1);
        }
        finishDirectory(target, stats, this.#rules.keepTimes === true);
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

/** Removes a tree at once, however deep: by open directories, since no path of more than 4,096 bytes can be named. */
export function removeNow({ directory, name }: Slot): void {
  const path = directory.at(name);
  if (!lstatSync(path).isDirectory()) {
    unlinkSync(path);
    return;
  }
  const inside = directory.enter(name);
  try {
    for (const one of readdirSync(inside.self)) removeNow({ directory: inside, name: one });
  } finally {
    inside.close();
  }
  rmdirSync(path);
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

/** The real path of a slot, for patterns and messages. */
export function pathOf({ directory, name }: Slot): string {
  return pathBelow(directory.path, name);
}

function finishDirectory(directory: Directory, { mode, atime, mtime }: Stats, keepTimes: boolean): void {
  const fd = openSync(`${directory.self}/.`, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fchmodSync(fd, mode & 0o777);
    if (keepTimes) futimesSync(fd, atime, mtime);
  } finally {
    closeSync(fd);
  }
}
