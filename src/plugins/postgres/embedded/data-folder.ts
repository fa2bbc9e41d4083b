import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Log } from '../../../core/log.ts';
import { FolderLock } from './folder-lock.ts';
import type { OpenFailure, Place } from './messages.ts';

const inMemory = 'This is a copy of the sample database in memory, gone when the gateway stops.';

/** Decides where the database lives: the user's data folder while this process alone may use it and it opens, else memory. */
export class DataFolder {
  readonly #root: string;
  readonly #log: Log;
  #lock: FolderLock | undefined;
  #givenUp = false;
  #setAside = false;
  #note: string | undefined;

  constructor(root: string, log: Log) {
    this.#root = root;
    this.#log = log;
  }

  /** What a user should know of the place, if it is not simply their data folder as they left it. */
  get note(): string | undefined {
    return this.#note;
  }

  get #database(): string {
    return join(this.#root, 'pgdata');
  }

  /** Where the next worker is to open its database. Never throws. */
  async place(): Promise<Place> {
    if (this.#givenUp) return { kind: 'memory' };
    try {
      if (this.#lock || (await this.#takeLock())) return { kind: 'folder', path: this.#database };
    } catch (error) {
      this.#say(`The data folder cannot be used (${codeOf(error)}). ${inMemory}`, { err: error });
    }
    return { kind: 'memory' };
  }

  /**
   * A worker could not open the folder. What is broken or of another version is moved aside, once, and kept; the next
   * place is a fresh folder, or memory where even that failed.
   */
  async failed(cause: OpenFailure, reason: string): Promise<void> {
    if (cause === 'bad-folder' && !this.#setAside) {
      const kept = `${this.#database}-set-aside-${new Date().toISOString().replaceAll(':', '-')}`;
      try {
        await rename(this.#database, kept);
        this.#setAside = true;
        this.#say(
          `The data folder could not be opened (${reason}). It is kept as ${basename(kept)}, and a fresh copy of the sample database is in its place.`,
        );
        return;
      } catch (error) {
        this.#log.warn({ err: error, folder: this.#database }, 'could not move the data folder aside');
      }
    }
    this.#givenUp = true;
    this.#say(`The data folder could not be opened (${reason}). ${inMemory}`);
  }

  /** An open database misses files and opening it again did not help; a folder that is gone is made anew by itself. */
  async damaged(reason: string): Promise<void> {
    if (existsSync(this.#database)) await this.failed('bad-folder', reason);
  }

  async release(): Promise<void> {
    await this.#lock?.release();
    this.#lock = undefined;
  }

  async #takeLock(): Promise<boolean> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    const file = `${this.#database}.lock`;
    const lock = await FolderLock.acquire(file);
    if (lock instanceof FolderLock) {
      this.#lock = lock;
      this.#note = undefined;
      return true;
    }
    this.#say(
      `Another gateway (process ${lock.pid} on ${lock.host}) has the data folder open. ${inMemory} If no such gateway runs, delete ${basename(file)} in the data folder.`,
    );
    return false;
  }

  /** The note goes to clients, so that paths of this machine are only in the log. */
  #say(note: string, fields: object = {}): void {
    if (note !== this.#note) this.#log.warn({ folder: this.#root, ...fields }, note);
    this.#note = note;
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? error);
}
