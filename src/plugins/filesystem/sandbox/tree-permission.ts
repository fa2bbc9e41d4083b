import { GatewayError } from '../../../core/errors.ts';
import type { Slot } from '../io/replace-file.ts';
import { TreeWork } from '../io/tree.ts';
import { pathBelow } from './directory.ts';
import { printable } from './failure.ts';
import { isWithin } from './root.ts';
import type { Sandbox } from './sandbox.ts';

export interface TreeMove {
  readonly from: Slot;
  readonly fromPath: string;
  readonly toPath: string;
  readonly maxEntries: number;
  readonly signal: AbortSignal;
}

/**
 * Refuses to move a directory when that would change what the deny patterns say of anything in it: `.git` renamed to
 * `x` would open `.git/config`, and a folder renamed to `.git` would install hooks.
 */
export async function requireSameProtection(sandbox: Sandbox, move: TreeMove): Promise<void> {
  const { secrets, code } = sandbox.policy;
  const work = new TreeWork({ maxEntries: move.maxEntries, signal: move.signal });
  await work.visitAll(move.from, (relative) => {
    const before = relative.reduce(pathBelow, move.fromPath);
    const after = relative.reduce(pathBelow, move.toPath);
    const opens = secrets.covers(before) && !secrets.covers(after);
    const installs = code.covers(after) && !code.covers(before);
    if (!opens && !installs) return;
    throw new GatewayError(
      'denied',
      `Access denied - moving ${printable(move.fromPath)} would change the protection of ${printable(relative.join('/'))} in it.`,
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
