import { errnoOf } from '../sandbox/failure.ts';
import { requireSystemError } from './system-error.ts';
import { inWalkOrder } from './walk-order.ts';

const mostNamed = 5;

/** What a search could not look at, so that its answer may not be whole. */
export interface Unreadable {
  /** Files and directories, each directory as one. */
  readonly count: number;
  /** Paths of the first of them, in the order of a walk. */
  readonly first: readonly string[];
}

/** Counts them while a walk goes on. */
export class UnreadableEntries implements Unreadable {
  count = 0;
  readonly first: string[] = [];

  add(relative: string): void {
    this.count++;
    if (this.first.length < mostNamed) this.first.push(relative);
  }
}

/** What several searches that shared a tree could not look at. */
export function allUnreadable(parts: readonly Unreadable[]): Unreadable {
  const first = inWalkOrder(
    parts.flatMap((part) => part.first),
    (path) => path,
  );
  return { count: parts.reduce((sum, { count }) => sum + count, 0), first: first.slice(0, mostNamed) };
}

/**
 * Whether an error of the system tells that something is there which cannot be read; not where it is gone by now, or has
 * become something else. Throws what is no error of the system again.
 */
export function isUnreadable(error: unknown, name: string): boolean {
  requireSystemError(error);
  const code = errnoOf(error) ?? '';
  if (code === 'ENOENT') return name.includes(notUnicode);
  return !['ENOTDIR', 'ELOOP', 'ENXIO'].includes(code);
}

/** What Node shows for bytes of a name that are not UTF-8, under which nothing is found again. */
export const notUnicode = '\ufffd';
