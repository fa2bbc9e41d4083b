import { createHash, type Hash } from 'node:crypto';
import { lstatSync, mkdirSync, renameSync, rmdirSync, type Stats } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import { hashOf } from '../io/read.ts';
import { type NewContent, renameWithoutReplacing, replaceFile, type Slot } from '../io/replace-file.ts';
import { temporaryName } from '../io/temporary-name.ts';
import { TreeWork } from '../io/tree.ts';
import { type Directory, pathBelow } from '../sandbox/directory.ts';
import { errnoOf, printable } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';
import { type TreeCheck, whileAside } from './aside.ts';
import type { ChangeStep } from './record.ts';
import { moveEntry, type Trash } from './trash.ts';

export interface ChangeContext {
  /** Undefined where the configuration keeps nothing: changes are then final. */
  readonly trash: Trash | undefined;
  readonly maxEntries: number;
  readonly signal: AbortSignal;
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
  async write(place: Place, bytes: Buffer, replaces: Stats | undefined, mode?: number): Promise<void> {
    await this.#write(place, { chunks: [bytes], replaces, mode }, hashOf(bytes));
  }

  /** The same for content that comes in pieces and need not fit in memory. */
  async writeChunks(place: Place, chunks: AsyncIterable<Buffer>, replaces: Stats | undefined, mode?: number) {
    const hash = createHash('sha256');
    await this.#write(place, { chunks: hashed(chunks, hash), replaces, mode }, () => hash.digest('hex'));
  }

  /** `after` is the hash of the content, or what tells it once all of it has passed. */
  async #write(
    place: Place,
    content: Pick<NewContent, 'chunks' | 'replaces' | 'mode'>,
    after: string | (() => string),
  ): Promise<void> {
    const { replaces } = content;
    const slot = slotOf(place);
    const temporary = temporaryName();
    const { trash, signal } = this.#context;
    const backup = replaces && trash ? await trash.keep(slot, signal) : null;
    const step = { op: 'write', path: place.path, backup, created: !replaces, temporary } as const;
    const beforeRename = () => {
      this.#context.requireWritable(place.path);
      if (typeof after === 'function') this.#amend({ ...step, after: after() });
    };
    await this.#act({ ...step, after: typeof after === 'string' ? after : '' }, () =>
      replaceFile(slot, { ...content, temporary, beforeRename }),
    );
    this.#context.onChanged(place.path);
  }

  /** Makes the directories that are missing on the way to a place, its own name included; returns how many. */
  makeDirectories(place: Place, names: readonly string[]): number {
    let here: Directory = place.directory;
    const opened: Directory[] = [];
    let made = 0;
    try {
      for (const name of names) {
        this.#record({ op: 'create_directory', path: pathBelow(here.path, name) });
        try {
          mkdirSync(here.at(name));
          made++;
        } catch (error) {
          this.#takeBack();
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

  /**
   * Takes an entry away: to the trash, or for good. Returns whether it can be brought back. A directory is taken off its
   * name first, and `check` decides there whether it may go.
   */
  async remove(place: Place, permanent: boolean, check?: TreeCheck): Promise<boolean> {
    const directory = place.existing.isDirectory();
    const aside = directory ? temporaryName() : undefined;
    const { trash, maxEntries, signal } = this.#context;
    const backup = permanent || !trash ? null : trash.newItem();
    this.#record({ op: 'delete', path: place.path, backup, directory, ...(aside ? { aside } : {}) });
    try {
      await whileAside(slotOf(place), aside, check, (slot) =>
        backup === null || !trash
          ? new TreeWork({ maxEntries, signal }).remove(slot)
          : trash.take(slot, backup, signal),
      );
    } catch (error) {
      // Between two disks a delete is a copy and a removal; once all of it is in the trash, the record has to stay.
      if (backup === null || !trash?.has(backup)) this.#takeBack();
      throw error;
    }
    this.#context.onChanged(place.path);
    return backup !== null;
  }

  /**
   * Renames; without `overwrite` an existing destination is EEXIST, decided by the file system in the act itself. `check`
   * as for `remove`.
   */
  async move(from: Place, to: Place, overwrite: boolean, check?: TreeCheck): Promise<void> {
    const target = slotOf(to);
    const { trash, signal } = this.#context;
    const { existing } = from;
    const sameEntry = to.stats && to.stats.ino === existing.ino && to.stats.dev === existing.dev;
    if (to.stats && !sameEntry && !overwrite) throw destinationExists(to);
    if (to.stats && !sameEntry && (to.stats.isDirectory() || existing.isDirectory())) throw destinationExists(to);
    const backup = to.stats && !sameEntry && trash ? await trash.keep(target, signal) : null;
    const aside = existing.isDirectory() ? temporaryName() : undefined;
    const step = { op: 'move', from: from.path, to: to.path, backup, ...(aside ? { aside } : {}) } as const;
    await this.#act(step, async () => {
      try {
        await whileAside(slotOf(from), aside, check, (source) => {
          this.#context.requireWritable(to.path);
          return this.#rename(source, target, from, overwrite || sameEntry === true);
        });
      } catch (error) {
        if (errnoOf(error) === 'EEXIST' || errnoOf(error) === 'ENOTEMPTY') throw destinationExists(to);
        throw error;
      }
    });
    for (const path of [from.path, to.path]) this.#context.onChanged(path);
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
    const made = await this.#act({ op: 'create_tree', path }, work);
    this.#context.onChanged(path);
    return made;
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

  /** Says more of the step that runs. */
  #amend(step: ChangeStep): void {
    this.#steps.pop();
    this.#record(step);
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

/** The same pieces, hashed as they pass. */
async function* hashed(chunks: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
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
    `Destination already exists: ${printable(to.requested)}. Choose another name; overwrite: true replaces a file by a file (never a directory, nor by one).`,
  );
}

function exists(): Error {
  return Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
}
