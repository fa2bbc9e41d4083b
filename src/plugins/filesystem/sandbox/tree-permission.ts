import type { Stats } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import type { Slot } from '../io/replace-file.ts';
import { pathOf, TreeWork } from '../io/tree.ts';
import { identitiesOf, identityOf } from './closed-file.ts';
import { pathBelow } from './directory.ts';
import { printable } from './failure.ts';
import { mountPoint } from './mount-crossing.ts';
import type { Protection } from './protection.ts';
import { isWithin } from './root.ts';
import type { Sandbox } from './sandbox.ts';

export interface TreeChange {
  /** The directory that is moved or deleted, under its real path. */
  readonly fromPath: string;
  /** Where the tree goes; undefined: it is deleted. */
  readonly toPath?: string;
  readonly maxEntries: number;
  readonly signal: AbortSignal;
}

/**
 * Refuses to move or delete a directory that has, or would then have, a protected entry in it: with the folder around
 * it `.env` or `.git` would go too, and a folder moved below `.config` would install what is in it. Where the
 * configuration lets protected entries go along (`deny.insideTrees: false`), none may gain or lose its protection by
 * the move. Nor does a directory go that has a mount point in it or is one. A tree of more than `maxEntries` is too large to be sure of, and refused as well. `from` is where the tree
 * stands now, which may be under another name.
 */
export async function requireUnprotectedTree(sandbox: Sandbox, from: Slot, change: TreeChange): Promise<void> {
  const { fromPath, toPath, maxEntries, signal } = change;
  const here = pathOf(from);
  const mount = sandbox.policy.mounts.anyWithin(here); // a file can be one too, and a dead share is not to be entered
  if (mount !== undefined) throw mountPoint(fromPath + mount.slice(here.length));
  const refuses = entryRefusal(sandbox, toPath === undefined);
  await new TreeWork({ maxEntries, signal }).visitAll(from, (relative, stats) => {
    const before = relative.reduce(pathBelow, fromPath);
    const after = toPath === undefined ? before : relative.reduce(pathBelow, toPath);
    if (!refuses(before, after, stats)) return;
    throw new GatewayError(
      'denied',
      `Access denied - ${printable(relative.join('/'))} in ${printable(fromPath)} is protected (a deny pattern, or a file of the gateway), so the directory is neither moved nor deleted. Name the other entries one by one.`,
    );
  });
}

function entryRefusal(sandbox: Sandbox, isDelete: boolean) {
  const { secrets, code, insideTrees, closed } = sandbox.policy;
  const own = new Set(identitiesOf(closed));
  const differs = (patterns: Protection, before: string, after: string) =>
    patterns.covers(before) !== patterns.covers(after);
  return (before: string, after: string, stats: Stats): boolean => {
    if (stats.isFile() && own.has(identityOf(stats))) return true;
    if (insideTrees) return [before, after].some((path) => secrets.covers(path) || code.covers(path));
    return !isDelete && (differs(secrets, before, after) || differs(code, before, after));
  };
}

/** Refuses what would take a root, or the gateway's own folder, away with the directory around it. */
export function requireNoRootInside(sandbox: Sandbox, path: string): void {
  const inside = [...sandbox.roots.map(({ real }) => real), ...sandbox.policy.closed].find((one) =>
    isWithin(path, one),
  );
  if (inside === undefined) return;
  throw new GatewayError(
    'denied',
    `Access denied - an allowed directory, or one of the gateway's own, is in ${printable(path)}.`,
  );
}
