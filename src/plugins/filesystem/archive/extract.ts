import { mkdirSync } from 'node:fs';
import { createFile } from '../io/create-file.ts';
import type { Slot } from '../io/replace-file.ts';
import { changedMeanwhile } from '../io/tree.ts';
import { TreePace } from '../io/tree-bounds.ts';
import type { OpenFile } from '../sandbox/place.ts';
import { type Plan, planOf } from './entry-names.ts';
import { addName } from './first-names.ts';
import { NewFolder } from './new-folder.ts';
import { unpack } from './unpack.ts';
import type { ZipEntry } from './zip-reader.ts';

export interface ExtractRules {
  readonly signal: AbortSignal;
  /** Files and directories that may be made. */
  readonly maxEntries: number;
  /** False leaves an entry out: one that would be protected, `names` being its path in the directory. */
  mayWrite(names: readonly string[]): boolean;
}

export interface Extracted {
  files: number;
  /** Those that were made, the one that all is unpacked into not counted. */
  directories: number;
  skipped: number;
  /** The first of those that were skipped. */
  readonly skipped_names: string[];
}

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
  const pace = new TreePace(rules);
  const plan = await planOf(entries, { maxEntries: rules.maxEntries, pace });
  mkdirSync(to.directory.at(to.name));
  const extraction = new Extraction(file, rules, pace);
  const target = NewFolder.at(to.directory.enter(to.name));
  target.open();
  try {
    await extraction.fill(target, [], plan);
  } finally {
    target.close();
  }
  return extraction.done;
}

class Extraction {
  readonly done: Extracted = { files: 0, directories: 0, skipped: 0, skipped_names: [] };
  readonly #file: OpenFile;
  readonly #rules: ExtractRules;
  readonly #pace: TreePace;

  constructor(file: OpenFile, rules: ExtractRules, pace: TreePace) {
    this.#file = file;
    this.#rules = rules;
    this.#pace = pace;
  }

  /** `path`: the names that lead to the folder. */
  async fill(folder: NewFolder, path: readonly string[], plan: Plan): Promise<void> {
    for (const [name, { entry, below }] of plan) {
      await this.#pace.rest();
      const names = [...path, name];
      const isLeftOut = entry !== undefined && !this.#mayMake(entry, names);
      if (isLeftOut) this.#skip(names);
      if (below) {
        const inner = folder.below(name, () => this.done.directories++);
        try {
          if (entry && !isLeftOut) inner.open();
          await this.fill(inner, names, below);
        } finally {
          inner.close();
        }
      } else if (entry && !isLeftOut) await this.#makeFile(folder, names, entry);
    }
  }

  async #makeFile(folder: NewFolder, names: readonly string[], entry: ZipEntry): Promise<void> {
    const directory = folder.open();
    // Directories were made meanwhile: what they make of the folder counts too.
    if (!this.#rules.mayWrite(names)) throw changedMeanwhile(entry.name);
    const chunks = unpack(this.#file, entry, this.#rules.signal);
    const mode = entry.mode === 0 ? undefined : entry.mode | 0o600;
    await createFile({ directory, name: names.at(-1) ?? '' }, { chunks, mode });
    this.done.files++;
  }

  #mayMake({ kind }: ZipEntry, names: readonly string[]): boolean {
    return (kind === 'file' || kind === 'directory') && this.#rules.mayWrite(names);
  }

  #skip(names: readonly string[]): void {
    this.done.skipped++;
    addName(this.done.skipped_names, names.join('/'));
  }
}
