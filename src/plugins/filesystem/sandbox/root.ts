import { sep } from 'node:path';
import type { Directory } from './directory.ts';

export type Rights = 'ro' | 'rw';

/** One folder that tools may reach. */
export interface Root {
  /** As configured, made absolute. */
  readonly configured: string;
  /** With every link resolved. */
  readonly real: string;
  readonly rights: Rights;
  /** `major:minor` of its file system; undefined where the system does not say. */
  readonly device: string | undefined;
  /** Its directory, for one use of it. Throws `unavailable` where that was removed and there is none in its place. */
  hold(): HeldRoot;
  /** Why nothing in it can be reached now; undefined where it can. */
  trouble(): string | undefined;
  close(): void;
}

/** A root's directory that stays open, and the same one, until it is released. */
export interface HeldRoot {
  readonly directory: Directory;
  release(): void;
}

/**
 * /proc, /sys and /dev: closed even where `/` is a root, since their files are not files. Those in /dev/shm are, in
 * memory: it can be a root, and only as one be reached, since the way to it from another is closed.
 */
export function isKernelPath(path: string): boolean {
  return process.platform !== 'win32' && /^\/(?:proc|sys|dev(?!\/shm(?:\/|$)))(?:\/|$)/.test(path);
}

/** The names below `base` that lead to `path`, or undefined where it is not `base` or inside it. Compares whole names. */
export function segmentsBelow(base: string, path: string): string[] | undefined {
  if (path === base) return [];
  const prefix = base.endsWith(sep) ? base : base + sep;
  return path.startsWith(prefix) ? path.slice(prefix.length).split(sep) : undefined;
}

/** Whether `path` is `base` or inside it. */
export function isWithin(base: string, path: string): boolean {
  return segmentsBelow(base, path) !== undefined;
}
