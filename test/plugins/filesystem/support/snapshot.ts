import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

interface Entry {
  /** Its mode, and of a file its bytes. */
  readonly is: string;
  /** When a file was changed, in milliseconds; 0 for anything else. */
  readonly changed: number;
}

export type Snapshot = Record<string, Entry>;

/** All that is in a directory, by paths below it. */
export function snapshotOf(root: string): Snapshot {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(names.map((name) => [name, entryAt(join(root, name))]));
}

export function entryAt(path: string): Entry {
  const stats = lstatSync(path);
  const mode = stats.mode.toString(8);
  return stats.isFile()
    ? { is: `${mode} ${readFileSync(path, 'hex')}`, changed: stats.mtimeMs }
    : { is: mode, changed: 0 };
}

/** Whether a directory is what it was; Node sets times to the microsecond. */
export function expectNow(root: string, wanted: Snapshot, when = ''): void {
  const close = Object.entries(wanted).map(([name, entry]) => [
    name,
    { ...entry, changed: expect.closeTo(entry.changed, 2) },
  ]);
  expect(snapshotOf(root), when).toEqual(Object.fromEntries(close));
}
