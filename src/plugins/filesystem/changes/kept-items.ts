import { randomBytes } from 'node:crypto';
import { closeSync, constants, lstatSync, openSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import { bytesOnDisk } from '../io/chunks.ts';
import type { EntryStates } from '../io/entry-states.ts';
import { copyWhole, type MoveRules, moveEntry, renameToFree } from '../io/move-entry.ts';
import { giveSecondName, type Slot } from '../io/replace-file.ts';
import { TreeWork } from '../io/tree.ts';
import { CheckedDirectory, type Directory, ProcDirectory, safeOpenFlags } from '../sandbox/directory.ts';
import { errnoOf, isFailure, printable } from '../sandbox/failure.ts';
import { Clearing } from './clearing.ts';
import { copiedEntries } from './copied-tree.ts';
import { isSameEntry } from './fingerprint.ts';
import { isTrashFull, whileKeeping } from './trash-failure.ts';
import { uncancelled } from './uncancelled.ts';

export interface KeptLimits {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

const unknownForMs = 86_400_000;
const droppedEnding = '.dropped';

/**
 * What changes replaced and deleted, in a private folder: each under a random name, which it has only when all of it is
 * there.
 */
export class KeptItems {
  readonly #directory: Directory;
  readonly #limits: KeptLimits;
  readonly #clearing: Clearing;

  constructor(folder: string, limits: KeptLimits, byDescriptor: boolean, log: Log) {
    this.#limits = limits;
    this.#clearing = new Clearing(log);
    this.#directory = byDescriptor ? ProcDirectory.open(folder) : CheckedDirectory.open(folder);
  }

  /** A name for something to keep. */
  newItem(): string {
    return randomBytes(12).toString('hex');
  }

  /** Keeps the file that is about to be replaced: by a second name where the disk allows it, else by a copy. */
  async keep(slot: Slot, signal: AbortSignal): Promise<string> {
    const item = this.newItem();
    const stats = lstatSync(slot.directory.at(slot.name));
    this.requireRoom(bytesOnDisk(stats), slot.name);
    // What is written in place under another name of the file would be written to what is kept here.
    return this.#withRoom(async () => {
      if (stats.nlink === 1 && giveSecondName(slot, this.#slot(item))) return item;
      await copyWhole(slot, this.#slot(item), { maxEntries: 1, signal, temporary: halfOf(item) });
      return item;
    });
  }

  /** Throws `too_large` for what is larger than all that may be kept: to make room for it would drop every other change. */
  requireRoom(bytes: number, name: string): void {
    if (bytes <= this.#limits.maxBytes) return;
    throw new GatewayError(
      'too_large',
      `${printable(name)} takes ${bytes} bytes, and no more than ${this.#limits.maxBytes} are kept for undo (trash.maxBytes), so that this could not be taken back. Nothing was changed. delete_path with permanent: true deletes it for good.`,
    );
  }

  /** What a tree takes on disk, with all that is in it. Throws `too_large` for more entries than one walk may visit. */
  async measure(slot: Slot, signal: AbortSignal): Promise<number> {
    let bytes = 0;
    await new TreeWork({ maxEntries: this.#limits.maxEntries, signal }).visitAll(slot, (_, stats) => {
      bytes += bytesOnDisk(stats);
    });
    return bytes;
  }

  /** Takes an entry out of its directory and into the trash as `item`, whole; by rename where both are on one disk. */
  async take(slot: Slot, item: string, about: Pick<MoveRules, 'source' | 'onCopied' | 'signal'>): Promise<void> {
    const { maxEntries } = this.#limits;
    const rules = { ...about, maxEntries, destination: 'in the trash', temporary: halfOf(item) };
    await this.#withRoom(() => moveEntry(slot, this.#slot(item), rules));
  }

  /** Whether something is kept under that name; if it is, all of it is there. */
  has(item: string): boolean {
    return lstatSync(this.#directory.at(item), { throwIfNoEntry: false }) !== undefined;
  }

  /** Whether what is kept as `item` is the entry there, or a copy of it. */
  holds(item: string, slot: Slot): Promise<boolean> {
    return isSameEntry(this.#slot(item), slot, uncancelled());
  }

  /** The entries of a tree where the kept copy has all of them as they are; `asOf` as `copiedEntries` takes it. */
  entriesInCopy(item: string, slot: Slot, asOf: number | undefined): Promise<EntryStates | undefined> {
    return copiedEntries(slot, this.#slot(item), asOf);
  }

  /**
   * Puts a kept entry back under a free name, whole or not at all: itself where both are on one disk. A change is undone
   * once, so that the record needs the entry no more.
   */
  async giveBack(item: string, to: Slot, temporary: string, signal: AbortSignal): Promise<void> {
    try {
      renameToFree(this.#slot(item), to);
    } catch (error) {
      if (!['EXDEV', 'EPERM', 'EACCES'].includes(errnoOf(error) ?? '')) throw error;
      await copyWhole(this.#slot(item), to, { maxEntries: this.#limits.maxEntries, signal, temporary });
    }
  }

  /** The bytes of a kept file, for putting back over a newer one. */
  async withItem<T>(item: string, work: (fd: number) => Promise<T>): Promise<T> {
    const fd = openSync(this.#directory.at(item), constants.O_RDONLY | safeOpenFlags);
    try {
      return await work(fd);
    } finally {
      closeSync(fd);
    }
  }

  /**
   * Drops something that was kept, or of which a crash left half a copy: a file at once; a tree takes another name at once,
   * by which a start knows that it may go, and is removed while others have their turn.
   */
  drop(item: string): void {
    for (const name of this.#namesOf(item)) {
      try {
        this.#dropEntry(name);
      } catch (error) {
        if (!isFailure(error)) throw error;
        // What the system does not give up (an immutable file, a mount) stays as a leftover: other changes must go on.
      }
    }
  }

  #dropEntry(name: string): void {
    const path = this.#directory.at(name);
    if (!lstatSync(path).isDirectory()) {
      unlinkSync(path);
      return;
    }
    const dropped = `${name}${droppedEnding}`;
    renameSync(path, this.#directory.at(dropped));
    this.#clearing.add(this.#slot(dropped));
  }

  /** Goes on with what was being removed when the gateway ended. */
  clearDropped(): void {
    for (const name of readdirSync(this.#directory.self))
      if (name.endsWith(droppedEnding)) this.#clearing.add(this.#slot(name));
  }

  /** Drops what no record knows of: a crash came between keeping it and the record. Not what may be about to be recorded. */
  dropUnknown(known: ReadonlySet<string>): void {
    for (const name of readdirSync(this.#directory.self)) {
      const item = /^(?:\.mcp-)?([0-9a-f]{24})(?:\.tmp)?$/.exec(name)?.[1];
      if (item === undefined || known.has(item)) continue;
      const stats = lstatSync(this.#directory.at(name), { throwIfNoEntry: false });
      if (stats && Date.now() - stats.ctimeMs > unknownForMs) this.drop(item);
    }
  }

  /** What an item takes on disk, without what is in it. */
  bytesOf(item: string): number {
    const stats = lstatSync(this.#directory.at(item), { throwIfNoEntry: false });
    return stats ? bytesOnDisk(stats) : 0;
  }

  async close(): Promise<void> {
    await this.#clearing.close();
    this.#directory.close();
  }

  /** Where the disk is full while something is cleared from it, there may be room when that is gone. */
  async #withRoom<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await whileKeeping(this.#directory, work);
    } catch (error) {
      if (!isTrashFull(error) || this.#clearing.isIdle) throw error;
      await this.#clearing.idle();
      return whileKeeping(this.#directory, work);
    }
  }

  /** The names in the trash under which there is something of an item. */
  #namesOf(item: string): string[] {
    return [item, halfOf(item)].filter((name) => this.has(name));
  }

  #slot(item: string): Slot {
    return { directory: this.#directory, name: item };
  }
}

/** The name under which an item is copied, to the trash or out of it, until all of it is there; told from the item's, so that it is found after a crash. */
export function halfOf(item: string): string {
  return `.mcp-${item}.tmp`;
}
