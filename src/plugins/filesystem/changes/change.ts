import { lstatSync, mkdirSync, renameSync, rmdirSync, type Stats } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import { hashOf } from '../io/read.ts';
import { renameWithoutReplacing, replaceFile, type Slot } from '../io/replace-file.ts';
import { temporaryName } from '../io/temporary-name.ts';
import { TreeWork } from '../io/tree.ts';
import { type Directory, pathBelow } from '../sandbox/directory.ts';
import { errnoOf, printable } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';
import type { ChangeStep } from './record.ts';
import { moveEntry, type Trash } from './trash.ts';

export interface ChangeContext {
  /** Undefined where the configuration keeps nothing: changes are then final. */
  readonly trash: Trash | undefined;
  readonly maxEntries: number;
  readonly signal: AbortSignal;
}

/**
 * One tool call's acts on files, each recorded before it takes effect and taken off the record if it fails, so that the
 * record never promises an undo of something that did not happen, and a crash never loses what was replaced.
 */
export class Change {
  readonly id: string | undefined;
  readonly #tool: string;
  readonly #context: ChangeContext;
  readonly #steps: ChangeStep[] = [];

  constructor(tool: string, context: ChangeContext) {
    this.#tool = tool;
    this.#context = context;
    this.id = context.trash?.newId();
  }

  /** Puts content under a place's name; `replaces` is the file as it was read, undefined where there was none. */
  async write(place: Place, bytes: Buffer, replaces: Stats | undefined): Promise<void> {
    await this.#write(place, replaces, [bytes], hashOf(bytes));
  }

  /** The same for content that comes in pieces and need not fit in memory. */
  async writeChunks(place: Place, chunks: AsyncIterable<Buffer>, replaces: Stats | undefined, mode?: number) {
    await this.#write(place, replaces, chunks, '', mode);
  }

  async #write(
    place: Place,
    replaces: Stats | undefined,
    chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
    after: string,
    mode?: number,
  ): Promise<void> {
    const slot = slotOf(place);
    const temporary = temporaryName();
    const { trash, signal } = this.#context;
    const backup = replaces && trash ? await trash.keep(slot, signal) : null;
    const step: ChangeStep = { op: 'write', path: place.path, backup, created: !replaces, after, temporary };
    await this.#act(step, () => replaceFile(slot, { chunks, replaces, mode, temporary }));
  }

  /** Makes the directories that are missing on the way to a place, its own name included; returns how many. */
  makeDirectories(place: Place, names: readonly string[]): number {
    let here: Directory = place.directory;
    const opened: Directory[] = [];
    let made = 0;
    try {
      for (const [index, name] of names.entries()) {
        const path = pathBelow(here.path, name);
        if (index === 0) this.#record({ op: 'create_directory', path });
        try {
          mkdirSync(here.at(name));
          made++;
        } catch (error) {
          if (errnoOf(error) !== 'EEXIST') throw error;
        }
        here = here.enter(name);
        opened.push(here);
      }
      return made;
    } finally {
      for (const directory of opened) directory.close();
    }
  }

  /** Takes an entry away: to the trash, or for good. Returns whether it can be brought back. */
  async remove(place: Place, permanent: boolean): Promise<boolean> {
    const slot = slotOf(place);
    const directory = place.existing.isDirectory();
    const { trash, maxEntries, signal } = this.#context;
    if (permanent || !trash) {
      await this.#act({ op: 'delete', path: place.path, backup: null, directory }, () =>
        new TreeWork({ maxEntries, signal }).remove(slot),
      );
      return false;
    }
    const backup = trash.newItem();
    this.#record({ op: 'delete', path: place.path, backup, directory });
    try {
      await trash.take(slot, backup, signal);
    } catch (error) {
      // Between two disks a delete is a copy and a removal; once anything is in the trash, the record has to stay.
      if (!trash.has(backup)) this.#takeBack();
      throw error;
    }
    return true;
  }

  /** Renames; without `overwrite` an existing destination is EEXIST, decided by the file system in the act itself. */
  async move(from: Place, to: Place, overwrite: boolean): Promise<void> {
    const source = slotOf(from);
    const target = slotOf(to);
    const { trash, signal } = this.#context;
    const sameEntry = to.stats && to.stats.ino === from.existing.ino && to.stats.dev === from.existing.dev;
    if (to.stats && !sameEntry && !overwrite) throw destinationExists(to);
    if (to.stats?.isDirectory() && !sameEntry) throw destinationExists(to);
    const backup = to.stats && !sameEntry && trash ? await trash.keep(target, signal) : null;
    await this.#act({ op: 'move', from: from.path, to: to.path, backup }, async () => {
      try {
        await this.#rename(source, target, from, overwrite || sameEntry === true);
      } catch (error) {
        if (errnoOf(error) === 'EEXIST' || errnoOf(error) === 'ENOTEMPTY') throw destinationExists(to);
        throw error;
      }
    });
  }

  async #rename(source: Slot, target: Slot, from: Place, replace: boolean): Promise<void> {
    const { maxEntries, signal } = this.#context;
    if (replace) {
      renameSync(source.directory.at(source.name), target.directory.at(target.name));
      return;
    }
    if (from.existing.isDirectory()) {
      // A directory has no second name. Renaming replaces at most an empty directory made in this very moment.
      if (lstatSync(target.directory.at(target.name), { throwIfNoEntry: false })) throw exists();
      await moveEntry(source, target, maxEntries, signal);
      return;
    }
    try {
      renameWithoutReplacing(source, target);
    } catch (error) {
      if (errnoOf(error) !== 'EXDEV') throw error;
      await moveEntry(source, target, maxEntries, signal);
    }
  }

  /** Says that a new tree stands at that path: undoing removes it. */
  async createTree<T>(path: string, work: () => Promise<T>): Promise<T> {
    return this.#act({ op: 'create_tree', path }, work);
  }

  /** Removes an empty directory; false where it is not empty. */
  removeEmpty(place: Place): boolean {
    const slot = slotOf(place);
    try {
      rmdirSync(slot.directory.at(slot.name));
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ENOTEMPTY' || errnoOf(error) === 'EEXIST') return false;
      throw error;
    }
  }

  async #act<T>(step: ChangeStep, work: () => Promise<T>): Promise<T> {
    this.#record(step);
    try {
      return await work();
    } catch (error) {
      this.#takeBack();
      throw error;
    }
  }

  #takeBack(): void {
    this.#steps.pop();
    this.#save();
  }

  #record(step: ChangeStep): void {
    this.#steps.push(step);
    this.#save();
  }

  #save(): void {
    const { trash } = this.#context;
    if (!trash || this.id === undefined) return;
    if (this.#steps.length === 0) trash.forget(this.id);
    else trash.save({ id: this.id, at: new Date().toISOString(), tool: this.#tool, steps: [...this.#steps] });
  }
}

/** The open directory and the name of a place; throws for a root. */
export function slotOf(place: Place): Slot {
  return { directory: place.directory, name: place.entryName };
}

/** The reference server's words for it, and what to do. */
export function destinationExists(to: Place): GatewayError {
  return new GatewayError(
    'invalid_input',
    `Destination already exists: ${printable(to.requested)}. Choose another name; overwrite: true replaces a file (never a directory).`,
  );
}

function exists(): Error {
  return Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
}
