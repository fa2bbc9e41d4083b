import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { bytesOnDisk } from '../io/chunks.ts';
import { copyWhole, moveEntry, renameToFree } from '../io/move-entry.ts';
import { removeNow } from '../io/remove-now.ts';
import { giveSecondName, type Slot } from '../io/replace-file.ts';
import { TreeWork } from '../io/tree.ts';
import { CheckedDirectory, type Directory, ProcDirectory, safeOpenFlags } from '../sandbox/directory.ts';
import { errnoOf, printable } from '../sandbox/failure.ts';
import { ChangeRecord, type ChangeStep, itemsOf } from './record.ts';

export interface TrashLimits {
  readonly keepDays: number;
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** Records kept at most, whatever their size. */
const mostRecords = 20_000;

interface Kept {
  readonly at: number;
  readonly items: readonly string[];
  readonly bytes: number;
}

/**
 * Keeps what changes replaced, in a private folder outside every root: `changes/<id>.json` says what was done,
 * `items/` holds the old files and deleted trees. A record is on disk before the change it describes takes effect.
 */
export class Trash {
  readonly folder: string;
  readonly #limits: TrashLimits;
  readonly #items: Directory;
  /** Oldest first. */
  readonly #index = new Map<string, Kept>();
  #newest: string | undefined;
  #bytes = 0;
  #dropped = 0;
  /** Changes that are being made or undone, which nothing drops meanwhile. */
  readonly #held = new Set<string>();

  constructor(folder: string, limits: TrashLimits, byDescriptor: boolean) {
    this.folder = folder;
    this.#limits = limits;
    for (const name of ['changes', 'items']) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    const items = join(folder, 'items');
    this.#items = byDescriptor ? ProcDirectory.open(items) : CheckedDirectory.open(items);
    for (const id of this.#recordsOnDisk()) {
      const record = this.load(id);
      if (record) this.#remember(record);
    }
    this.#prune();
  }

  /** How many changes were dropped since the start because they were too old or did not fit any more. */
  get dropped(): number {
    return this.#dropped;
  }

  /** A fresh change id; later ids sort after earlier ones. */
  newId(): string {
    return `${Date.now().toString(36).padStart(9, '0')}-${randomBytes(5).toString('hex')}`;
  }

  /** A name for something to keep. */
  newItem(): string {
    return randomBytes(12).toString('hex');
  }

  save(record: ChangeRecord): void {
    const path = this.#recordPath(record.id);
    const temporary = `${path}.new`;
    writeFileSync(temporary, JSON.stringify(record), { mode: 0o600 });
    renameSync(temporary, path);
    this.#remember(record);
    this.#prune();
  }

  /** Drops a record with what it kept. */
  forget(id: string): void {
    const kept = this.#index.get(id);
    this.#bytes -= kept?.bytes ?? 0;
    this.#index.delete(id);
    rmSync(this.#recordPath(id), { force: true });
    for (const item of kept?.items ?? []) {
      try {
        if (this.has(item)) removeNow(this.#slot(item));
      } catch (error) {
        // What the system does not give up (an immutable file) stays as a leftover: other changes must go on.
        if (errnoOf(error) === undefined) throw error;
      }
    }
  }

  /** The record of that id, or undefined where there is none (any more). */
  load(id: string): ChangeRecord | undefined {
    if (!/^[0-9a-z]+-[0-9a-f]{10}$/.test(id)) return undefined;
    try {
      return v.parse(ChangeRecord, JSON.parse(readFileSync(this.#recordPath(id), 'utf8')));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Ids, newest first. */
  ids(): string[] {
    return [...this.#index.keys()].reverse();
  }

  /** Keeps the file that is about to be replaced: by a second name where the disk allows it, else by a copy. */
  async keep(slot: Slot, signal: AbortSignal): Promise<string> {
    const item = this.newItem();
    const stats = lstatSync(slot.directory.at(slot.name));
    this.requireRoom(bytesOnDisk(stats), slot.name);
    // What is written in place under another name of the file would be written to what is kept here.
    if (stats.nlink === 1 && giveSecondName(slot, this.#slot(item))) return item;
    await copyWhole(slot, this.#slot(item), { maxEntries: 1, signal, temporary: halfOf(item) });
    return item;
  }

  /** Throws `too_large` for what is larger than all that may be kept: to make room for it would drop every other change. */
  requireRoom(bytes: number, name: string): void {
    if (bytes <= this.#limits.maxBytes) return;
    throw new GatewayError(
      'too_large',
      `${printable(name)} takes ${bytes} bytes, and no more than ${this.#limits.maxBytes} are kept for undo (trash.maxBytes), so that this could not be taken back. Nothing was changed. delete_path with permanent: true deletes it for good.`,
    );
  }

  /** Runs `work` while nothing drops that change to make room for others. */
  async hold<T>(id: string, work: () => Promise<T>): Promise<T> {
    this.#held.add(id);
    try {
      return await work();
    } finally {
      this.#held.delete(id);
    }
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
  async take(slot: Slot, item: string, source: string, signal: AbortSignal): Promise<void> {
    const { maxEntries } = this.#limits;
    const rules = { maxEntries, signal, source, destination: 'in the trash', temporary: halfOf(item) };
    await moveEntry(slot, this.#slot(item), rules);
  }

  has(item: string): boolean {
    return lstatSync(this.#items.at(item), { throwIfNoEntry: false }) !== undefined;
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
    const fd = openSync(this.#items.at(item), constants.O_RDONLY | safeOpenFlags);
    try {
      return await work(fd);
    } finally {
      closeSync(fd);
    }
  }

  close(): void {
    this.#items.close();
  }

  #slot(item: string): Slot {
    return { directory: this.#items, name: item };
  }

  #recordPath(id: string): string {
    return join(this.folder, 'changes', `${id}.json`);
  }

  #recordsOnDisk(): string[] {
    return readdirSync(join(this.folder, 'changes'))
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -5))
      .sort();
  }

  #remember(record: ChangeRecord): void {
    const items = record.steps.flatMap(itemsOf);
    const bytes = record.steps.reduce((sum, step) => sum + this.#sizeOf(step, record.undoneBy !== undefined), 0);
    if (!this.#index.has(record.id)) this.#newest = record.id;
    this.#bytes += bytes - (this.#index.get(record.id)?.bytes ?? 0);
    this.#index.set(record.id, { at: Date.parse(record.at), items, bytes });
  }

  /** Drops changes that are too old, then the oldest until what is kept fits. The newest always stays. */
  #prune(): void {
    const oldest = Date.now() - this.#limits.keepDays * 86_400_000;
    for (const [id, kept] of this.#index) {
      const fits = this.#bytes <= this.#limits.maxBytes && this.#index.size <= mostRecords;
      if (fits && kept.at >= oldest) return;
      if (id === this.#newest || this.#held.has(id)) continue;
      this.forget(id);
      this.#dropped++;
    }
  }

  #sizeOf(step: ChangeStep, isUndone: boolean): number {
    // What is being deleted counts before it is there; what an undo gave back does not any more.
    const isGivenBack = isUndone && !itemsOf(step).some((item) => this.has(item));
    if (step.op === 'delete' && step.bytes !== undefined) return isGivenBack ? 0 : step.bytes;
    return itemsOf(step).reduce((sum, item) => {
      const stats = lstatSync(join(this.folder, 'items', item), { throwIfNoEntry: false });
      return sum + (stats ? bytesOnDisk(stats) : 0);
    }, 0);
  }
}

/** The name in the trash under which an item is copied until all of it is there; told from the item's, so that it is found after a crash. */
function halfOf(item: string): string {
  return `.mcp-${item}.tmp`;
}
