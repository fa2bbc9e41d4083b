import { mkdirSync } from 'node:fs';
import { createFile } from '../io/create-file.ts';
import type { Slot } from '../io/replace-file.ts';
import { changedMeanwhile } from '../io/tree.ts';
import type { Directory } from '../sandbox/directory.ts';
import { errnoOf } from '../sandbox/failure.ts';
import type { OpenFile } from '../sandbox/place.ts';
import { planOf } from './entry-names.ts';
import { unpack, type ZipEntry } from './zip-reader.ts';

export interface ExtractRules {
  readonly signal: AbortSignal;
  /** False leaves an entry out: one that would be protected, `names` being its path in the directory. */
  mayWrite(names: readonly string[]): boolean;
}

export interface Extracted {
  readonly files: number;
  readonly skipped: number;
  /** The first of those that were skipped. */
  readonly skipped_names: string[];
}

const mostNamed = 10;
const longestName = 500;

/**
 * Unpacks entries into a directory that is made for them, under a name that nobody knows; links and protected paths are
 * left out. Nothing is made where the archive cannot be used at all.
 */
export async function extract(
  file: OpenFile,
  entries: readonly ZipEntry[],
  to: Slot,
  rules: ExtractRules,
): Promise<Extracted> {
  const planned = planOf(entries);
  mkdirSync(to.directory.at(to.name));
  const target = to.directory.enter(to.name);
  let files = 0;
  let skipped = 0;
  const named: string[] = [];
  try {
    for (const { entry, names } of planned) {
      rules.signal.throwIfAborted();
      if (entry.kind === 'link' || entry.kind === 'special' || !rules.mayWrite(names)) {
        skipped++;
        if (named.length < mostNamed) named.push(names.join('/').slice(0, longestName));
      } else if (entry.kind === 'directory') await inside(target, names, async () => undefined);
      else {
        await inside(target, names.slice(0, -1), (directory) => {
          // Directories were made meanwhile: what they make of the folder counts too.
          if (!rules.mayWrite(names)) throw changedMeanwhile(entry.name);
          return createFile(
            { directory, name: names.at(-1) ?? '' },
            { chunks: unpack(file, entry, rules.signal), mode: entry.mode === 0 ? undefined : entry.mode | 0o600 },
          );
        });
        files++;
      }
    }
  } finally {
    target.close();
  }
  return { files, skipped, skipped_names: named };
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
