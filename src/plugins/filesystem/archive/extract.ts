import { mkdirSync } from 'node:fs';
import { removePartial } from '../io/move-entry.ts';
import { replaceFile, type Slot } from '../io/replace-file.ts';
import { temporaryName } from '../io/temporary-name.ts';
import { changedMeanwhile } from '../io/tree.ts';
import { type Directory, pathBelow } from '../sandbox/directory.ts';
import { errnoOf } from '../sandbox/failure.ts';
import type { OpenFile } from '../sandbox/place.ts';
import { type PlannedEntry, planOf } from './entry-names.ts';
import { unpack, type ZipEntry } from './zip-reader.ts';

export interface ExtractRules {
  readonly signal: AbortSignal;
  /** For what has to be taken away again where the archive turns out to be bad. */
  readonly maxEntries: number;
  /** False leaves an entry out: a protected path. */
  mayWrite(path: string): boolean;
}

export interface Extracted {
  readonly files: number;
  readonly skipped: number;
}

/** Unpacks entries into a directory that is made for them; links and protected paths are left out. All of it or nothing. */
export async function extract(
  file: OpenFile,
  entries: readonly ZipEntry[],
  to: Slot,
  rules: ExtractRules,
): Promise<Extracted> {
  const planned = planOf(entries);
  mkdirSync(to.directory.at(to.name));
  try {
    return await unpackAll(file, planned, to, rules);
  } catch (error) {
    await removePartial(to, rules.maxEntries);
    throw error;
  }
}

async function unpackAll(
  file: OpenFile,
  planned: readonly PlannedEntry[],
  to: Slot,
  rules: ExtractRules,
): Promise<Extracted> {
  const target = to.directory.enter(to.name);
  let files = 0;
  let skipped = 0;
  try {
    for (const { entry, names } of planned) {
      rules.signal.throwIfAborted();
      const path = names.reduce(pathBelow, target.path);
      if (entry.kind === 'link' || entry.kind === 'special' || !rules.mayWrite(path)) skipped++;
      else if (entry.kind === 'directory') await inside(target, names, async () => undefined);
      else {
        await inside(target, names.slice(0, -1), (directory) =>
          replaceFile(
            { directory, name: names.at(-1) ?? '' },
            {
              chunks: unpack(file, entry, rules.signal),
              replaces: undefined,
              temporary: temporaryName(),
              mode: entry.mode === 0 ? undefined : entry.mode | 0o600,
              beforeRename: () => {
                if (!rules.mayWrite(path)) throw changedMeanwhile(entry.name);
              },
            },
          ),
        );
        files++;
      }
    }
  } finally {
    target.close();
  }
  return { files, skipped };
}

/** Goes into directories below one, making those that are missing, and runs `work` in the last. */
async function inside(
  base: Directory,
  names: readonly string[],
  work: (directory: Directory) => Promise<void>,
): Promise<void> {
  const opened: Directory[] = [];
  let here = base;
  try {
    for (const name of names) {
      try {
        mkdirSync(here.at(name));
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
      }
      here = here.enter(name);
      opened.push(here);
    }
    await work(here);
  } finally {
    for (const directory of opened) directory.close();
  }
}
