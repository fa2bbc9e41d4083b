import { closeSync, fstatSync, lstatSync, mkdirSync, readlinkSync, type Stats, symlinkSync } from 'node:fs';
import type { Directory } from '../sandbox/directory.ts';
import { requireSameMount } from '../sandbox/mount-crossing.ts';
import { refuseSpecial } from '../sandbox/place.ts';
import { filesAtOnce, forEachAtOnce } from './at-once.ts';
import { finishDirectory, giveLinkAttributes, uncopyable } from './attributes.ts';
import { bytesOnDisk, readChunks, requireCopyable } from './chunks.ts';
import { createFile } from './create-file.ts';
import { EntryStates } from './entry-states.ts';
import type { Slot } from './replace-file.ts';
import { SameFiles } from './same-files.ts';
import { isTemporaryName } from './temporary-name.ts';
import { changedMeanwhile, entryStats, insideOf, namesIn, openSource, pathOf, sayingOf, TreeWork } from './tree.ts';
import { type TreeBounds, TreePace } from './tree-bounds.ts';

/** Entries of one directory that are looked at before they are copied: what is known of them takes memory, and grows old. */
const batch = 1000;

export interface CopyRules extends TreeBounds {
  /** Bytes of data that may be copied, holes not counted; any where absent. */
  readonly maxBytes?: number;
  /**
   * Gives what is copied owner, permissions, times and hard links of what it is copied from, and throws for what cannot
   * be copied or changes meanwhile, rather than leaving it out: for moves, which remove the original, and for what comes
   * back. What has the name of a write in flight is copied too: it may be what a crash left, or somebody's own, which
   * nobody could move otherwise; and if it does take its name meanwhile, its directory has changed.
   */
  readonly whole?: boolean;
  /** False leaves an entry out, with all that is in it. `stats` are those of the entry at `from`. */
  mayCopy?(from: string, to: string, stats: Stats): boolean;
}

/** What a copy made. */
export interface CopyCount {
  files: number;
  directories: number;
  links: number;
  bytes: number;
  /** Left out: protected files, closed mounts, devices, FIFOs, sockets, and what has the name of a write in flight. */
  skipped: number;
}

interface Pair {
  readonly from: Slot;
  readonly to: Slot;
  /** Of the entry at `from`, when it was listed. */
  readonly stats: Stats;
}

/**
 * Copies trees by open directories, several files at a time; links are entries like others and are never followed. To be
 * made under a name that nobody knows, since it is half made until the end, and to be synced by `syncTree`.
 */
export class TreeCopy {
  readonly count: CopyCount = { files: 0, directories: 0, links: 0, bytes: 0, skipped: 0 };
  readonly #rules: CopyRules;
  readonly #pace: TreePace;
  #data = 0;
  #sameFiles: SameFiles | undefined;
  /** Each entry as it was before it was read. */
  readonly #copied = new EntryStates();

  constructor(rules: CopyRules) {
    this.#rules = rules;
    this.#pace = new TreePace(rules);
  }

  get isEmpty(): boolean {
    return this.count.directories + this.count.files + this.count.links === 0;
  }

  /** Copies a file, link or directory to a name that is free. */
  async copy(from: Slot, to: Slot): Promise<void> {
    await this.#pace.step(0);
    await this.#copyEntry({ from, to, stats: entryStats(from) }, 0);
  }

  /**
   * Throws where an entry was changed, put into a directory or taken out of it since it was copied: removed with the
   * original, that would be lost. `source` is what was copied, for messages.
   */
  async requireUnchanged(from: Slot, source: string, bounds: TreeBounds): Promise<void> {
    await new TreeWork(bounds).visitAll(from, (relative, stats) =>
      this.#copied.requireSame(stats, [source, ...relative].join('/')),
    );
  }

  /** Throws where a file or link is not what was copied. */
  requireSameContent(stats: Stats, name: string): void {
    this.#copied.requireSameContent(stats, name);
  }

  #remember(stats: Stats): void {
    if (this.#rules.whole) this.#copied.remember(stats);
  }

  async #copyEntry({ from, to, stats }: Pair, depth: number): Promise<void> {
    await this.#pace.rest();
    if (!this.#mayCopy(from, to, stats)) this.count.skipped++;
    else if (stats.isSymbolicLink()) {
      this.#remember(stats);
      symlinkSync(readlinkSync(from.directory.at(from.name)), to.directory.at(to.name));
      this.count.links++;
      if (this.#rules.whole) giveLinkAttributes(to.directory.at(to.name), stats);
    } else if (stats.isFile()) await this.#copyFile(from, to);
    else if (stats.isDirectory()) await this.#copyDirectory(from, to, stats, depth);
    else if (this.#rules.whole) throw uncopyable(from.name, stats);
    else this.count.skipped++;
  }

  async #copyFile(from: Slot, to: Slot): Promise<void> {
    const fd = openSource(from);
    try {
      const stats = fstatSync(fd);
      refuseSpecial(stats, from.name);
      // Judged again on the open file, right before the copy is there: both ends may have changed meanwhile.
      if (!this.#mayCopy(from, to, stats)) throw changedMeanwhile(from.name);
      this.#remember(stats);
      const sameFiles = stats.nlink > 1 ? this.#sameFiles : undefined;
      if (sameFiles?.giveName(stats, to)) {
        this.count.files++;
        return;
      }
      this.#data += bytesOnDisk(stats);
      requireCopyable(this.#data, this.#rules.maxBytes);
      const { whole, signal } = this.#rules;
      await createFile(to, { chunks: readChunks(fd, signal), ...(whole ? { like: stats } : { mode: stats.mode }) });
      if (whole) requireSame(stats, fstatSync(fd), from.name);
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
    await insideOf(from, (source) =>
      insideOf(to, async (target) => {
        if (this.#rules.whole) requireSameMount(from.directory, source);
        this.#remember(sayingOf(source.path, () => lstatSync(`${source.self}/.`)));
        if (depth === 0 && this.#rules.whole) this.#sameFiles = new SameFiles(target);
        try {
          await this.#copyEntries(source, target, depth + 1);
        } finally {
          if (depth === 0) await this.#sameFiles?.close();
        }
        finishDirectory(target, stats, this.#rules.whole === true);
      }),
    );
  }

  async #copyEntries(source: Directory, target: Directory, depth: number): Promise<void> {
    const names = namesIn(source);
    for (let at = 0; at < names.length; at += batch)
      await this.#copyBatch(names.slice(at, at + batch), source, target, depth);
  }

  async #copyBatch(names: readonly string[], source: Directory, target: Directory, depth: number): Promise<void> {
    const single: Pair[] = [];
    const others: Pair[] = [];
    for (const name of names) {
      await this.#pace.step(depth);
      if (!this.#rules.whole && isTemporaryName(name)) {
        this.count.skipped++;
        continue;
      }
      const from = { directory: source, name };
      const stats = entryStats(from);
      // What has several names waits for the copy of the first; directories would multiply how many run at once.
      const isSingle = !stats.isDirectory() && (stats.nlink === 1 || !this.#sameFiles);
      (isSingle ? single : others).push({ from, to: { directory: target, name }, stats });
    }
    await forEachAtOnce(single, filesAtOnce, (pair) => this.#copyEntry(pair, depth));
    for (const pair of others) await this.#copyEntry(pair, depth);
  }

  #mayCopy(from: Slot, to: Slot, stats: Stats): boolean {
    return this.#rules.mayCopy?.(pathOf(from), pathOf(to), stats) ?? true;
  }
}

function requireSame(before: Stats, now: Stats, name: string): void {
  if (before.size !== now.size || before.mtimeMs !== now.mtimeMs) throw changedMeanwhile(name);
}
