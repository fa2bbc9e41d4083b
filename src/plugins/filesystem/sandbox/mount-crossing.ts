import { lstatSync, readFileSync } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import type { Directory } from './directory.ts';
import { printable } from './failure.ts';

/** A directory that is held open stays on its mount. */
const known = new WeakMap<Directory, string>();

/**
 * Throws where a directory is a mount point of the one that it was entered from: what is mounted there, another file
 * system or a folder from elsewhere (a bind mount), is no part of a tree that is moved or removed.
 */
export function requireSameMount(parent: Directory, inside: Directory): void {
  if (mountOf(parent) !== mountOf(inside)) throw mountPoint(inside.path);
}

/** What is said of a directory that cannot go because something is mounted at `point`, which is in it or is it. */
export function mountPoint(point: string): GatewayError {
  return new GatewayError(
    'denied',
    `Access denied - ${printable(point)} is a mount point: what is mounted there is kept elsewhere, so neither it nor a directory around it is moved or deleted. Unmount it first, or name the entries beside it one by one.`,
  );
}

function mountOf(directory: Directory): string {
  const mount = known.get(directory) ?? askMount(directory);
  known.set(directory, mount);
  return mount;
}

/** The kernel's number of the mount, since a bind mount can have the device of what is around it; else the device. */
function askMount({ fd, self }: Directory): string {
  const number = fd === undefined ? undefined : mountNumber(fd);
  return number ?? `device ${lstatSync(`${self}/.`).dev}`;
}

function mountNumber(fd: number): string | undefined {
  try {
    return /^mnt_id:\s*\d+$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[0];
  } catch {
    return undefined; // a /proc without it (some sandboxes): the device has to do
  }
}
