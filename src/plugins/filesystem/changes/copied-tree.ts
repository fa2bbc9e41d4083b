import type { Stats } from 'node:fs';
import { EntryStates } from '../io/entry-states.ts';
import type { Slot } from '../io/replace-file.ts';
import { TreeWork } from '../io/tree.ts';
import { contentOf } from './fingerprint.ts';
import { uncancelled } from './uncancelled.ts';

const everything = () => ({ maxEntries: Number.MAX_SAFE_INTEGER, signal: uncancelled() });

interface CopiedEntry {
  readonly content: string;
  readonly attributes: string;
  readonly hasOtherNames: boolean;
}

/**
 * The entries of a tree, or of what a crash left of it, where a copy has all of them as they are; undefined where one is
 * another than when it was copied: its content, target, permissions or owner. `asOf` as `MoveRules.onCopied` tells it;
 * undefined in older records, where only a comparison tells.
 */
export async function copiedEntries(
  tree: Slot,
  copy: Slot,
  asOf: number | undefined,
): Promise<EntryStates | undefined> {
  const copied = await entriesOf(copy);
  const states = new EntryStates();
  let isAll = true;
  await new TreeWork(everything()).visitAll(tree, (relative, stats, at) => {
    states.remember(stats);
    isAll &&= isCopied(stats, at, copied.get(JSON.stringify(relative)), asOf);
  });
  return isAll ? states : undefined;
}

async function entriesOf(copy: Slot): Promise<ReadonlyMap<string, CopiedEntry>> {
  const entries = new Map<string, CopiedEntry>();
  await new TreeWork(everything()).visitAll(copy, (relative, stats, at) => {
    entries.set(JSON.stringify(relative), {
      content: contentOf(stats, at),
      attributes: attributesOf(stats),
      hasOtherNames: stats.nlink > 1,
    });
  });
  return entries;
}

function isCopied(stats: Stats, at: Slot, copy: CopiedEntry | undefined, asOf: number | undefined): boolean {
  if (copy?.content !== contentOf(stats, at)) return false;
  if (asOf !== undefined) {
    if (stats.ctimeMs <= asOf) return true;
    // The removal itself changes directories, and files that have other names in the tree; nothing else does.
    if (!stats.isDirectory() && !copy.hasOtherNames) return false;
  }
  return copy.attributes === attributesOf(stats);
}

function attributesOf({ mode, uid, gid }: Stats): string {
  return `${mode & 0o7777}:${uid}:${gid}`;
}
