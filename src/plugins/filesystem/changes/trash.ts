import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../../core/log.ts';
import { isFailure } from '../sandbox/failure.ts';
import { KeptItems, type KeptLimits } from './kept-items.ts';
import { type ChangeRecord, type ChangeStep, isOpen, itemsOf } from './record.ts';
import { RecordFiles } from './record-files.ts';
import { troubleIn } from './trash-failure.ts';

export interface TrashLimits extends KeptLimits {
  readonly keepDays: number;
}

/** Records kept at most, whatever their size. */
const mostRecords = 20_000;

const longestTurnMs = 5;

interface Kept {
  readonly at: number;
  readonly items: readonly string[];
  readonly bytes: number;
  readonly isOpen: boolean;
}

/**
 * Keeps what changes replaced, in a private folder outside every root: `changes/<id>.json` says what was done,
 * `items/` holds the old files and deleted trees. A record is on disk before the change it describes takes effect.
 */
export class Trash {
  readonly folder: string;
  readonly #limits: TrashLimits;
  readonly #log: Log;
  readonly items: KeptItems;
  readonly #records: RecordFiles;
  /** Oldest first. */
  readonly #index = new Map<string, Kept>();
  #newest: string | undefined;
  #bytes = 0;
  #dropped = 0;
  #pruning: NodeJS.Immediate | undefined;
  /** Why changes that a crash left open could not be settled, by their ids. */
  #leftOpen: ReadonlyMap<string, string> = new Map();
  /** Changes that are being made or undone, which nothing drops meanwhile. */
  readonly #held = new Set<string>();

  constructor(folder: string, limits: TrashLimits, byDescriptor: boolean, log: Log) {
    this.folder = folder;
    this.#log = log;
    this.#limits = limits;
    for (const name of ['changes', 'items']) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
    makePrivate(folder);
    this.#records = new RecordFiles(join(folder, 'changes'), log);
    this.items = new KeptItems(join(folder, 'items'), limits, byDescriptor, log);
    try {
      this.#readRecords();
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  /** How many changes were dropped since the start because they were too old or did not fit any more. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Why nothing can be kept now, and so nothing be changed; undefined where it can. */
  trouble(): string | undefined {
    return troubleIn(join(this.folder, 'changes')) ?? troubleIn(join(this.folder, 'items'));
  }

  /** A fresh change id; later ids sort after earlier ones. */
  newId(): string {
    return `${Date.now().toString(36).padStart(9, '0')}-${randomBytes(5).toString('hex')}`;
  }

  /** Throws in words that name the trash. */
  save(record: ChangeRecord): void {
    this.#records.save(record);
    this.#remember(record);
    this.#prune();
  }

  /** Drops a record, and then what it kept. Throws in words that name the trash. */
  forget(id: string): void {
    const kept = this.#index.get(id);
    this.#records.remove(id);
    this.#bytes -= kept?.bytes ?? 0;
    this.#index.delete(id);
    for (const item of kept?.items ?? []) this.items.drop(item);
  }

  /** Ids of changes of which it is not known whether all of it has happened, oldest first. */
  openIds(): string[] {
    return [...this.#index].filter(([, { isOpen }]) => isOpen).map(([id]) => id);
  }

  /** Says that those which are open now stay so until the next start; `reasons` has why, by their ids. */
  leaveOpen(reasons: ReadonlyMap<string, string>): void {
    this.#leftOpen = new Map(this.openIds().map((id) => [id, reasons.get(id) ?? 'it could not be settled']));
  }

  /** Why a change that a crash left open could not be settled at the start; undefined for every other. */
  leftOpen(id: string): string | undefined {
    return this.#leftOpen.get(id);
  }

  /** Whether a change is so old that it would have been dropped if a crash had not left it open. */
  isPastKeeping({ at }: ChangeRecord): boolean {
    return Date.parse(at) < this.#keptSince();
  }

  #keptSince(): number {
    return Date.now() - this.#limits.keepDays * 86_400_000;
  }

  /** The record of that id, or undefined where there is none (any more), or (see `damageOf`) none that can be read. */
  load(id: string): ChangeRecord | undefined {
    return this.#records.load(id);
  }

  /** Why the record of that id cannot be read, and what is kept for it as far as that can be told; undefined where it can. */
  damageOf(id: string): { readonly reason: string; readonly items: readonly string[] } | undefined {
    const reason = this.#records.damage(id);
    if (reason === undefined) return undefined;
    const named = [...(this.#index.get(id)?.items ?? []), ...this.#records.itemsNamedIn(id)];
    return { reason, items: [...new Set(named)].filter((item) => this.items.has(item)) };
  }

  /** Ids, newest first; those of records that cannot be read too. */
  ids(): string[] {
    return [...new Set([...this.#index.keys(), ...this.#records.damaged()])].sort().reverse();
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

  async close(): Promise<void> {
    clearImmediate(this.#pruning);
    await this.items.close();
  }

  #readRecords(): void {
    for (const id of this.#records.ids()) {
      const record = this.load(id);
      if (record) this.#remember(record);
    }
    this.items.clearDropped();
    // What a record kept that cannot be read is known by nothing else.
    if (this.#records.damaged().length === 0)
      this.items.dropUnknown(new Set([...this.#index.values()].flatMap(({ items }) => items)));
    this.#prune();
  }

  #remember(record: ChangeRecord): void {
    const items = record.steps.flatMap(itemsOf);
    const bytes = record.steps.reduce((sum, step) => sum + this.#sizeOf(step, record.undoneBy !== undefined), 0);
    if (!this.#index.has(record.id)) this.#newest = record.id;
    this.#bytes += bytes - (this.#index.get(record.id)?.bytes ?? 0);
    this.#index.set(record.id, { at: Date.parse(record.at), items, bytes, isOpen: isOpen(record) });
  }

  /**
   * Drops changes that are too old, then the oldest until what is kept fits; many of them in turns. The newest always
   * stays, and those that a crash left open: what they took off its name is found by nothing else.
   */
  #prune(): void {
    if (this.#pruning) return;
    const turnEnds = performance.now() + longestTurnMs;
    const oldest = this.#keptSince();
    for (const [id, kept] of this.#index) {
      const fits = this.#bytes <= this.#limits.maxBytes && this.#index.size <= mostRecords;
      if (fits && kept.at >= oldest) return;
      if (id === this.#newest || kept.isOpen || this.#held.has(id)) continue;
      if (!this.#drop(id)) return;
      if (performance.now() < turnEnds) continue;
      this.#pruning = setImmediate(() => {
        this.#pruning = undefined;
        this.#prune();
      });
      return;
    }
  }

  #drop(id: string): boolean {
    try {
      this.forget(id);
    } catch (error) {
      if (!isFailure(error)) throw error;
      // What was to be done needs no room that is made here.
      this.#log.warn({ change: id, reason: error.message }, 'an old change could not be dropped from the trash');
      return false;
    }
    this.#dropped++;
    return true;
  }

  #sizeOf(step: ChangeStep, isUndone: boolean): number {
    // What is being deleted counts before it is there; what an undo gave back does not any more.
    const isGivenBack = isUndone && !itemsOf(step).some((item) => this.items.has(item));
    if (step.op === 'delete' && step.bytes !== undefined) return isGivenBack ? 0 : step.bytes;
    return itemsOf(step).reduce((sum, item) => sum + this.items.bytesOf(item), 0);
  }
}

/** On a read-only disk it may be private already, and what was kept can still be looked at. */
function makePrivate(folder: string): void {
  if ((lstatSync(folder).mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
}
