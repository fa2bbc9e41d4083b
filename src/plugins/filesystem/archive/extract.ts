import { mkdirSync } from 'node:fs';
import { replaceFile, type Slot } from '../io/replace-file.ts';
import { temporaryName } from '../io/temporary-name.ts';
import { type Directory, pathBelow } from '../sandbox/directory.ts';
import { errnoOf } from '../sandbox/failure.ts';
import type { OpenFile } from '../sandbox/place.ts';
import { namesOf } from './entry-names.ts';
import { unpack, type ZipEntry } from './zip-reader.ts';

export interface ExtractRules {
  readonly signal: AbortSignal;
  /** False leaves an entry out: a protected path. */
  mayWrite(path: string): boolean;
}

export interface Extracted {
  readonly files: number;
  readonly skipped: number;
}

/** Unpacks entries into a directory that is made for them; links and protected paths are left out. */
export async function extract(
  file: OpenFile,
  entries: readonly ZipEntry[],
  to: Slot,
  rules: ExtractRules,
): Promise<Extracted> {
  const planned = entries.map((entry) => ({ entry, names: namesOf(entry.name) }));
  mkdirSync(to.directory.at(to.name));
  const target = to.directory.enter(to.name);
  let files = 0;
  let skipped = 0;
  try {
    for (const { entry, names } of planned) {
      rules.signal.throwIfAborted();
      if (entry.kind === 'link' || !rules.mayWrite(names.reduce(pathBelow, target.path))) skipped++;
      else if (entry.kind === 'directory') await inside(target, names, async () => undefined);
      else {
        const name = names.pop() ?? '';
        await inside(target, names, (directory) =>
          replaceFile(
            { directory, name },
            {
              chunks: unpack(file, entry, rules.signal),
              replaces: undefined,
              temporary: temporaryName(),
              mode: entry.mode === 0 ? undefined : entry.mode | 0o600,
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
