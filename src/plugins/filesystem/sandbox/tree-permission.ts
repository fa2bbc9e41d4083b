import { GatewayError } from '../../../core/errors.ts';
import type { Slot } from '../io/replace-file.ts';
import { TreeWork } from '../io/tree.ts';
import { pathBelow } from './directory.ts';
import { printable } from './failure.ts';
import { isWithin } from './root.ts';
import type { Sandbox } from './sandbox.ts';

export interface TreeChange {
  readonly from: Slot;
  readonly fromPath: string;
  /** Where the tree goes; undefined: it is deleted. */
  readonly toPath?: string;
  readonly maxEntries: number;
  readonly signal: AbortSignal;
}

/**
 * Refuses to move or delete a directory that has, or would then have, a protected entry in it: with the folder around
 * it `.env` or `.git` would go too, and a folder moved below `.config` would install what is in it. A tree of more than
 * `maxEntries` is too large to be sure of, and refused as well.
 */
export async function requireUnprotectedTree(sandbox: Sandbox, change: TreeChange): Promise<void> {
  const { secrets, code } = sandbox.policy;
  const { fromPath, toPath, maxEntries, signal } = change;
  const isProtected = (path: string) => secrets.covers(path) || code.covers(path);
  await new TreeWork({ maxEntries, signal }).visitAll(change.from, (relative) => {
    const before = relative.reduce(pathBelow, fromPath);
    const after = toPath === undefined ? before : relative.reduce(pathBelow, toPath);
    if (!isProtected(before) && !isProtected(after)) return;
    throw new GatewayError(
      'denied',
      `Access denied - ${printable(relative.join('/'))} in ${printable(fromPath)} is protected by a deny pattern, so the directory is neither moved nor deleted. Name the other entries one by one.`,
    );
  });
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
