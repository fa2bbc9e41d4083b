import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync, type Stats } from 'node:fs';
import { join, sep } from 'node:path';

/** Linux's O_PATH: a descriptor that only names a place. Node does not export it. */
const O_PATH = 0o10000000;
/** Darwin's O_NOFOLLOW_ANY: the kernel refuses a symbolic link in any component of the path. */
const O_NOFOLLOW_ANY = 0x20000000;

/** What every open of a last component adds: no link is followed, and nothing (a FIFO, a tty) can make it wait. */
export const safeOpenFlags =
  (process.platform === 'darwin' ? O_NOFOLLOW_ANY : (constants.O_NOFOLLOW ?? 0)) | (constants.O_NONBLOCK ?? 0);

/**
 * A directory that stays the same one whatever happens to its name. `at(name)` is how `node:fs` reaches an entry of it;
 * a name is one component, and no method follows a symbolic link in it.
 */
export interface Directory {
  /** The real path when it was opened: for messages, deny patterns and change records, never for opening. */
  readonly path: string;
  at(name: string): string;
  /** Opens a directory in this one; throws ENOTDIR for anything else, a link too. */
  enter(name: string): Directory;
  /** A path of this directory itself, for reading its entries. */
  readonly self: string;
  /** The descriptor that holds it open; undefined where it is only named. */
  readonly fd: number | undefined;
  close(): void;
}

/** Node has no openat; `/proc/self/fd/N/name` is the same walk through the kernel's own link to the open directory. */
export class ProcDirectory implements Directory {
  readonly path: string;
  readonly self: string;
  readonly fd: number;

  private constructor(path: string, fd: number) {
    this.path = path;
    this.fd = fd;
    this.self = `/proc/self/fd/${fd}`;
  }

  static open(path: string): ProcDirectory {
    return new ProcDirectory(path, openSync(path, O_PATH | constants.O_DIRECTORY));
  }

  /** A directory that another thread of this process holds open. */
  static adopt(path: string, fd: number): ProcDirectory {
    return new ProcDirectory(path, fd);
  }

  at(name: string): string {
    return `${this.self}/${oneName(name)}`;
  }

  enter(name: string): Directory {
    const fd = openSync(this.at(name), O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    return new ProcDirectory(pathBelow(this.path, name), fd);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/**
 * For systems without `/proc`: a path whose identity is checked before each use. Between the check and the use a window
 * remains, which docs/filesystem.md states.
 */
export class CheckedDirectory implements Directory {
  readonly path: string;
  readonly fd = undefined;
  readonly #identity: Stats;

  private constructor(path: string, identity: Stats) {
    this.path = path;
    this.#identity = identity;
  }

  static open(path: string): CheckedDirectory {
    const identity = lstatSync(path);
    if (!identity.isDirectory()) throw notDirectory(path);
    return new CheckedDirectory(path, identity);
  }

  get self(): string {
    const now = lstatSync(this.path);
    const same = now.isDirectory() && now.dev === this.#identity.dev && now.ino === this.#identity.ino;
    if (!same || realpathSync.native(this.path) !== this.path) throw notDirectory(this.path);
    return this.path;
  }

  at(name: string): string {
    return join(this.self, oneName(name));
  }

  enter(name: string): Directory {
    return CheckedDirectory.open(this.at(name));
  }

  close(): void {
    // Nothing is held open.
  }
}

/** The path of an entry of a directory; for roots such as `/` and `C:\\` too. */
export function pathBelow(directory: string, name: string): string {
  return directory.endsWith(sep) ? directory + name : directory + sep + name;
}

function oneName(name: string): string {
  if (name === '' || name === '.' || name === '..' || name.includes('/')) {
    throw new Error(`"${name}" is not the name of one entry`);
  }
  return name;
}

function notDirectory(path: string): Error {
  return Object.assign(new Error(`ENOTDIR: not a directory: ${path}`), { code: 'ENOTDIR' });
}

/** Whether directory descriptors can be reached through `/proc` here (it may be absent or masked in a container). */
export function hasDescriptorPaths(): boolean {
  if (process.platform !== 'linux') return false;
  let fd: number | undefined;
  try {
    fd = openSync('/', O_PATH | constants.O_DIRECTORY);
    const through = lstatSync(`/proc/self/fd/${fd}/.`);
    const direct = fstatSync(fd);
    return through.dev === direct.dev && through.ino === direct.ino;
  } catch {
    return false; // no /proc: the checked variant is used, and the plugin says so in the log and in its health
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
