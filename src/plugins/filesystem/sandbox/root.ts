import { realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { GatewayError } from '../../../core/errors.ts';
import { CheckedDirectory, type Directory, ProcDirectory } from './directory.ts';

type Rights = 'ro' | 'rw';

/** One folder that tools may reach, opened once at start: replacing it later, even by a link, changes nothing. */
export interface Root {
  /** As configured, made absolute. */
  readonly configured: string;
  /** With every link resolved. */
  readonly real: string;
  readonly rights: Rights;
  readonly directory: Directory;
  /** `major:minor` of its file system; undefined where the system does not say. */
  readonly device: string | undefined;
}

export interface RootRequest {
  readonly path: string;
  readonly rights: Rights;
  readonly allowSystemRoot: boolean;
  readonly byDescriptor: boolean;
}

/** Opens a root. Throws `bad_config` for one that may not be a root, and the system's error where it is not there. */
export function openRoot({ path, rights, allowSystemRoot, byDescriptor }: RootRequest): Omit<Root, 'device'> {
  const configured = resolve(path);
  const real = realpathSync.native(configured);
  if (real === resolve('/') && !allowSystemRoot) {
    throw new GatewayError(
      'bad_config',
      'plugins.filesystem.roots: "/" opens the whole machine; set allowSystemRoot: true if that is meant',
    );
  }
  if (isKernelPath(real)) {
    throw new GatewayError(
      'bad_config',
      `plugins.filesystem.roots: ${real} is not a folder of files, but the system's own (/proc, /sys, /dev). Name another folder; of these only /dev/shm and folders in it can be roots`,
    );
  }
  const directory = byDescriptor ? ProcDirectory.open(real) : CheckedDirectory.open(real);
  return { configured, real, rights, directory };
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
