import { lstatSync, readdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Log } from '../../../core/log.ts';
import { removeQuietly } from '../io/replace-file.ts';
import { errnoOf, isFailure } from '../sandbox/failure.ts';
import { ChangeRecord } from './record.ts';
import { explainTrash } from './trash-failure.ts';

/** Far more than the longest record has; what is larger is none, and is not read. */
const mostBytes = 16_777_216;
/** When a change began, in milliseconds to the base of 36, and what tells it from others. */
const idPattern = /^[0-9a-z]{1,10}-[0-9a-f]{10}$/;

/** Why a file is no record, in words. */
class Damage extends Error {}

/** The records of changes, a JSON file each: `<id>.json`, whole or not there. */
export class RecordFiles {
  readonly #folder: string;
  readonly #log: Log;
  /** Ids of records that cannot be read, with the reason. */
  readonly #damaged = new Map<string, string>();

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /** The ids of all that is on disk, oldest first. Removes half a record, which a crash left. */
  ids(): string[] {
    const names = readdirSync(this.#folder);
    for (const name of names) if (name.endsWith('.json.new')) removeQuietly(join(this.#folder, name));
    return names
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -5))
      .sort();
  }

  /** The record of that id; undefined where there is none (any more), or (see `damage`) none that can be read. */
  load(id: string): ChangeRecord | undefined {
    if (!idPattern.test(id)) return undefined;
    try {
      const record = this.#read(id);
      this.#damaged.delete(id);
      return record;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') this.#damaged.delete(id);
      else this.#tell(id, reasonOf(error));
      return undefined;
    }
  }

  /** Why the record of that id cannot be read, as it was when it was last tried; undefined where it can. */
  damage(id: string): string | undefined {
    return this.#damaged.get(id);
  }

  /** Ids of those that cannot be read. */
  damaged(): string[] {
    return [...this.#damaged.keys()];
  }

  /** Names of kept items that stand in the file of a record that cannot be read. */
  itemsNamedIn(id: string): string[] {
    try {
      const text = this.#text(id);
      return [...new Set([...text.matchAll(/"backup":\s*"([0-9a-f]{24})"/g)].flatMap(([, item]) => item ?? []))];
    } catch (error) {
      reasonOf(error); // a defect is one here too
      return [];
    }
  }

  /** Throws in words that name the trash. */
  save(record: ChangeRecord): void {
    const path = this.#path(record.id);
    const temporary = `${path}.new`;
    try {
      writeFileSync(temporary, JSON.stringify(record), { mode: 0o600 });
      renameSync(temporary, path);
    } catch (error) {
      removeQuietly(temporary);
      throw explainTrash(error);
    }
  }

  /** Throws in words that name the trash; not where there is none. */
  remove(id: string): void {
    try {
      unlinkSync(this.#path(id));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw explainTrash(error);
    }
  }

  #read(id: string): ChangeRecord {
    const record = v.parse(ChangeRecord, JSON.parse(this.#text(id)));
    if (record.id !== id) throw new Damage(`it is the record of ${record.id.slice(0, 30)}`);
    return record;
  }

  #text(id: string): string {
    const stats = lstatSync(this.#path(id));
    if (!stats.isFile()) throw new Damage('it is no file');
    if (stats.size > mostBytes) throw new Damage(`it has ${stats.size} bytes, which no record has`);
    return readFileSync(this.#path(id), 'utf8');
  }

  #tell(id: string, reason: string): void {
    if (this.#damaged.get(id) === reason) return;
    this.#damaged.set(id, reason);
    const about = { change: id, record: this.#path(id), reason };
    this.#log.warn(about, 'the record of a change cannot be read and is left alone');
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

/** What keeps a record from being read; throws what is a defect. */
function reasonOf(error: unknown): string {
  if (error instanceof Damage) return error.message;
  if (error instanceof SyntaxError) return 'it is no JSON, or cut off';
  if (v.isValiError(error)) return `it has no valid ${v.getDotPath(error.issues[0]) ?? 'content'}`;
  if (!isFailure(error)) throw error;
  return errnoOf(error) ?? error.message;
}
