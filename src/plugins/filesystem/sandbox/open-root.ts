import { fstatSync, realpathSync, statSync } from 'node:fs';
import { parse, resolve, sep } from 'node:path';
import { GatewayError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import { identityOf } from './closed-file.ts';
import { CheckedDirectory, type Directory, ProcDirectory } from './directory.ts';
import { errnoOf, isFailure, printable, systemError } from './failure.ts';
import { type HeldRoot, isKernelPath, type Rights, type Root } from './root.ts';

export interface RootRequest {
  readonly path: string;
  readonly rights: Rights;
  readonly allowSystemRoot: boolean;
  readonly byDescriptor: boolean;
  readonly log: Log;
  /** `major:minor` of the file system that a real path is on now. */
  deviceOf(real: string): string | undefined;
}

/**
 * A configured root, opened once at start: replacing it later, even by a link, changes nothing. Only where its directory
 * was removed for good is the configured path opened again, if there is a directory by then and no link leads there that
 * did not at the start.
 */
export class OpenRoot implements Root {
  readonly configured: string;
  readonly real: string;
  readonly rights: Rights;
  readonly #request: RootRequest;
  #current: SharedDirectory;
  #device: string | undefined;
  #trouble: string | undefined;

  /** Throws `bad_config` for what may not be a root, and the system's error where it is not there. */
  constructor(request: RootRequest) {
    const { path, rights, allowSystemRoot, byDescriptor } = request;
    this.#request = request;
    this.configured = resolve(path);
    this.real = realpathSync.native(this.configured);
    this.rights = rights;
    requireFolder(this.real, allowSystemRoot);
    const directory = byDescriptor ? ProcDirectory.open(this.real) : CheckedDirectory.open(this.real);
    this.#current = new SharedDirectory(directory);
    this.#device = request.deviceOf(this.real);
  }

  get device(): string | undefined {
    return this.#device;
  }

  hold(): HeldRoot {
    const trouble = this.trouble();
    if (trouble !== undefined) throw new GatewayError('unavailable', trouble);
    return this.#current.hold();
  }

  trouble(): string | undefined {
    if (!this.#current.isRemoved()) return undefined;
    try {
      this.#openAgain();
    } catch (error) {
      if (!isFailure(error)) throw error;
      const isMissing = errnoOf(error) === 'ENOENT';
      if (this.#trouble === undefined)
        this.#request.log.warn({ root: this.real, errno: errnoOf(error) }, 'the directory of a root was removed');
      this.#trouble = isMissing ? noLonger(this.configured) : elsewhere(this.configured);
    }
    return this.#trouble;
  }

  /** Whether its path leads to another directory than the one that is held, or to none: that was moved, not removed. */
  isElsewhere(): boolean {
    const { fd } = this.#current.directory;
    if (fd === undefined) return false; // then the path itself is what is used
    const there = statSync(this.real, { throwIfNoEntry: false });
    return !there || identityOf(there) !== identityOf(fstatSync(fd));
  }

  close(): void {
    this.#current.release();
  }

  #openAgain(): void {
    const directory = openAgain(this.configured, this.real, this.#request.byDescriptor);
    this.#current.release();
    this.#current = directory;
    this.#device = this.#request.deviceOf(this.real);
    this.#trouble = undefined;
    this.#request.log.warn(
      { root: this.real },
      'the directory of a root was removed, and the one made anew is used now',
    );
  }
}

/** A directory that is closed when the last of those who hold it has let go. Its maker is the first. */
class SharedDirectory implements HeldRoot {
  readonly directory: Directory;
  #holders = 1;
  /** Some file systems count no links, and say 0 of every directory. */
  readonly #countsLinks: boolean;

  constructor(directory: Directory) {
    this.directory = directory;
    this.#countsLinks = linksOf(directory) !== 0;
  }

  hold(): HeldRoot {
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders === 0) this.directory.close();
  }

  /** Whether it has no name any more, so that nothing is in it and nothing can be made in it. */
  isRemoved(): boolean {
    return this.#countsLinks && linksOf(this.directory) === 0;
  }
}

/** The names that a directory has; 0 for one that was removed while it is held open, or is no longer at its path. */
function linksOf(directory: Directory): number {
  if (directory.fd !== undefined) return fstatSync(directory.fd).nlink;
  try {
    void directory.self; // without a descriptor only the path tells, which this looks up
    return 1;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return 0;
  }
}

/** Throws the system's error where there is no directory at the configured path, or a link leads there that did not before. */
function openAgain(configured: string, real: string, byDescriptor: boolean): SharedDirectory {
  if (realpathSync.native(configured) !== real) throw systemError('ELOOP');
  const directory = new SharedDirectory(byDescriptor ? openWithoutLinks(real) : CheckedDirectory.open(real));
  // Where a directory that was removed is mounted (a container's volume), its path still leads to it.
  if (linksOf(directory.directory) > 0) return directory;
  directory.release();
  throw systemError('ENOENT');
}

/** Opens a real path name by name: one that was swapped for a link since it was resolved is an error. */
function openWithoutLinks(real: string): Directory {
  const { root } = parse(real);
  let here: Directory = ProcDirectory.open(root);
  for (const name of real.slice(root.length).split(sep).filter(Boolean)) {
    const above = here;
    try {
      here = above.enter(name);
    } finally {
      above.close();
    }
  }
  return here;
}

function requireFolder(real: string, allowSystemRoot: boolean): void {
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
}

function noLonger(configured: string): string {
  return `The root ${printable(configured)} no longer exists: its directory was removed while the gateway runs. Nothing was done. As soon as there is a directory at that path again it is used; in a container, where the directory itself was mounted, restart that.`;
}

function elsewhere(configured: string): string {
  return `The root ${printable(configured)} no longer exists: its directory was removed while the gateway runs, and its path leads to something else now (no directory, or through another symbolic link than at the start), which is not opened. Nothing was done. Put a directory there, or restart the gateway to open what the path leads to.`;
}
