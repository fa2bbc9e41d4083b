import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, type Stats } from 'node:fs';
import { explainMove, makeAside, renameEntry } from '../io/move-entry.ts';
import { hashed, hashOf } from '../io/read.ts';
import { type NewContent, replaceFile, type Slot } from '../io/replace-file.ts';
import { temporaryName } from '../io/temporary-name.ts';
import { TreeWork } from '../io/tree.ts';
import { type Directory, pathBelow } from '../sandbox/directory.ts';
import { errnoOf, printable } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';
import { type TreeCheck, whileAside } from './aside.ts';
import { destinationExists } from './destination-exists.ts';
import { withFingerprintIfKnown } from './fingerprint.ts';
import { folderOf, located, locatedMove } from './folder.ts';
import type { KeptItems } from './kept-items.ts';
import { partlyDeleted } from './partly-deleted.ts';
import type { ChangeStep } from './record.ts';
import { StepLog } from './step-log.ts';
import type { Trash } from './trash.ts';

type Content = Pick<NewContent, 'chunks' | 'replaces' | 'mode' | 'times'>;
type Written = Pick<Extract<ChangeStep, { op: 'write' }>, 'after' | 'size'>;

export interface ChangeContext {
  /** Undefined where the configuration keeps nothing: changes are then final. */
  readonly trash: Trash | undefined;
  readonly maxEntries: number;
  readonly signal: AbortSignal;
  /** The name beside a place under which what it is to be is made, where it has to be known before; else a new one each time. */
  readonly temporary?: string | undefined;
  /** Throws where a real path may not be written, asked again in the moment it is: other calls went on meanwhile. */
  requireWritable(path: string): void;
  /** Told of every real path whose content or place has changed. */
  onChanged(path: string): void;
}

/**
 * One tool call's acts on files, each recorded before it takes effect and taken off the record if it fails, so that the
 * record never promises an undo of something that did not happen, and a crash never loses what was replaced.
 */
export class Change {
  readonly #context: ChangeContext;
  readonly log: StepLog;

  constructor(tool: string, context: ChangeContext) {
    this.#context = context;
    this.log = new StepLog(context.trash, tool);
  }

  /** Undefined where nothing is kept or recorded. */
  get id(): string | undefined {
    return this.log.id;
  }

  /** Puts content under a place's name; `replaces` is the file as it was read, undefined where there was none. */
  async write(place: Place, bytes: Buffer, replaces: Stats | undefined, mode?: number): Promise<void> {
    await this.#write(place, { chunks: [bytes], replaces, mode }, { after: hashOf(bytes), size: bytes.length });
  }

  /** The same for content that comes in pieces and need not fit in memory. */
  async writeChunks(place: Place, chunks: AsyncIterable<Buffer>, content: Omit<Content, 'chunks'>): Promise<void> {
    const hash = createHash('sha256');
    await this.#write(place, { ...content, chunks: hashed(chunks, hash) }, () => hash.digest('hex'));
  }

  /** What is written is `known`, or what tells it once all of the content has passed. */
  async #write(place: Place, content: Content, known: Written | (() => string)): Promise<void> {
    const { replaces } = content;
    const slot = slotOf(place);
    const temporary = this.#temporary();
    const { trash, signal } = this.#context;
    const backup = replaces && trash ? await trash.items.keep(slot, signal) : null;
    const step = { op: 'write', ...located(place), backup, created: !replaces, temporary } as const;
    const beforeRename = () => {
      this.#context.requireWritable(place.path);
      if (typeof known !== 'function') return;
      this.log.amend({ ...step, after: known(), size: lstatSync(slot.directory.at(temporary)).size });
    };
    await this.#act({ ...step, ...(typeof known === 'function' ? { after: '' } : known) }, () =>
      replaceFile(slot, { ...content, temporary, beforeRename }),
    );
    this.log.end();
    this.#context.onChanged(place.path);
  }

  /** Makes the directories that are missing on the way to a place, its own name included; returns how many. */
  makeDirectories(place: Place, names: readonly string[]): number {
    let here: Directory = place.directory;
    const opened: Directory[] = [];
    let made = 0;
    try {
      for (const name of names) {
        this.log.begin({ op: 'create_directory', path: pathBelow(here.path, name), folder: folderOf(here) });
        try {
          mkdirSync(here.at(name));
          made++;
        } catch (error) {
          this.log.takeBack();
          if (errnoOf(error) !== 'EEXIST') throw error;
        }
        here = here.enter(name);
        opened.push(here);
      }
      this.log.end();
      return made;
    } finally {
      for (const directory of opened) directory.close();
    }
  }

  /**
   * Takes an entry away: to the trash, or for good. Returns whether it can be brought back. A directory is taken off its
   * name first, and `check` decides there whether it may go. `about` as the record says it.
   */
  async remove(place: Place, permanent: boolean, check?: TreeCheck, about?: { empty: true }): Promise<boolean> {
    const directory = place.existing.isDirectory();
    const aside = directory ? temporaryName() : undefined;
    const { trash, maxEntries, signal } = this.#context;
    const backup = permanent || !trash ? null : trash.items.newItem();
    const step = { op: 'delete', ...located(place), backup, directory, ...about, ...(aside ? { aside } : {}) } as const;
    if (permanent) this.log.needNoRecord();
    this.log.begin(step);
    const removal = new TreeWork({ maxEntries, signal });
    try {
      await whileAside(slotOf(place), aside, check, async (slot) => {
        if (backup === null || !trash) {
          if (directory) this.log.amend({ ...step, removing: true });
          return removal.remove(slot);
        }
        const bytes = await trash.items.measure(slot, signal);
        trash.items.requireRoom(bytes, place.entryName);
        this.log.amend({ ...step, bytes });
        const onCopied = (asOf: number) => this.log.amend({ ...step, bytes, asOf });
        return trash.items.take(slot, backup, { source: place.path, onCopied, signal });
      });
    } catch (error) {
      // Between two disks a delete is a copy and a removal; once all of it is in the trash, the record has to stay.
      if ((backup !== null && trash?.items.has(backup)) || removal.removed > 0) this.log.end();
      else this.log.takeBack();
      if (removal.removed > 0) this.#context.onChanged(place.path);
      throw removal.removed > 0 ? partlyDeleted(error, place, removal.removed, this.id !== undefined) : error;
    }
    this.log.end();
    this.#context.onChanged(place.path);
    return backup !== null;
  }

  /**
   * Renames; without `overwrite` an existing destination is EEXIST, decided by the file system in the act itself. `check`
   * as for `remove`.
   */
  async move(from: Place, to: Place, overwrite: boolean, check?: TreeCheck): Promise<void> {
    const target = slotOf(to);
    const { trash, maxEntries, signal } = this.#context;
    const { existing } = from;
    const isDirectory = existing.isDirectory();
    const sameEntry = to.stats && to.stats.ino === existing.ino && to.stats.dev === existing.dev;
    if (to.stats && !sameEntry && (!overwrite || to.stats.isDirectory() || isDirectory))
      throw destinationExists(to, true);
    // Another spelling of one name is given a file that ignores case or composition; a second name is one of its own.
    if (sameEntry && readdirSync(target.directory.self).includes(target.name)) throw destinationExists(to, true);
    const backup = to.stats && !sameEntry && trash ? await trash.items.keep(target, signal) : null;
    const aside = isDirectory ? temporaryName() : undefined;
    const temporary = this.#temporary();
    const step = { op: 'move', ...locatedMove(from, to), backup, temporary, ...(aside ? { aside } : {}) } as const;
    await this.#act(step, async () => {
      try {
        await whileAside(slotOf(from), aside, check, (source) => {
          this.#context.requireWritable(to.path);
          return renameEntry(source, target, {
            onCopied: (asOf) => {
              this.#context.requireWritable(to.path);
              this.log.amend({ ...step, removing: true, asOf });
            },
            replace: overwrite || sameEntry === true,
            source: from.path,
            destination: `at ${printable(to.path)}`,
            temporary,
            maxEntries,
            signal,
          });
        });
      } catch (error) {
        if (errnoOf(error) === 'EEXIST' || errnoOf(error) === 'ENOTEMPTY') throw destinationExists(to, true);
        throw explainMove(error, slotOf(from), target);
      }
    });
    this.log.end(await this.#fingerprinted(step, target));
    for (const path of [from.path, to.path]) this.#context.onChanged(path);
  }

  /**
   * Says that a new tree stands at that place: undoing removes it, if it is still what `make` made, under a name that
   * nobody knows: it takes its own when it is whole, or is removed.
   */
  makeTree<T>(place: Place, make: (at: Slot) => Promise<T>): Promise<T> {
    const { signal } = this.#context;
    const temporary = this.#temporary();
    const step = { op: 'create_tree', ...located(place), temporary } as const;
    const beforeRename = () => {
      this.#context.requireWritable(place.path);
      this.log.amend({ ...step, complete: true });
    };
    return this.#createTree(place, step, () => makeAside(slotOf(place), { temporary, signal, beforeRename }, make));
  }

  /**
   * Gives what another change kept its place again: undoing takes it away, if it is still that, or where it `isMade`, a
   * directory without anything in it, if it is so again.
   */
  async restore(place: Place, items: KeptItems, item: string, isMade = false): Promise<void> {
    const op = isMade ? 'create_directory' : 'create_tree';
    const step = { op, ...located(place), temporary: this.#temporary(), restores: item } as const;
    const { signal } = this.#context;
    await this.#createTree(place, step, () => items.giveBack(item, slotOf(place), step.temporary, signal));
  }

  async #createTree<T>(place: Place, step: ChangeStep, work: () => Promise<T>): Promise<T> {
    const made = await this.#act(step, work);
    this.log.end(await this.#fingerprinted(step, slotOf(place)));
    this.#context.onChanged(place.path);
    return made;
  }

  #temporary(): string {
    return this.#context.temporary ?? temporaryName();
  }

  async #act<T>(step: ChangeStep, work: () => Promise<T>): Promise<T> {
    this.log.begin(step);
    try {
      return await work();
    } catch (error) {
      this.log.takeBack();
      throw error;
    }
  }

  async #fingerprinted(step: ChangeStep, slot: Slot): Promise<ChangeStep> {
    return this.#context.trash ? withFingerprintIfKnown(step, slot) : step;
  }
}

/** The open directory and the name of a place; throws for a root. */
export function slotOf(place: Place): Slot {
  return { directory: place.directory, name: place.entryName };
}
