import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { GatewayError } from '../../../core/errors.ts';
import { type Directory, pathBelow, safeOpenFlags } from './directory.ts';
import { kindOf } from './entry-kind.ts';
import { explain, outside, printable, systemError } from './failure.ts';
import type { Root } from './root.ts';
import type { Reached } from './walk.ts';

/** A regular file that is open for reading, with what it was when it was opened. */
export interface OpenFile {
  readonly fd: number;
  readonly stats: Stats;
}

/**
 * One path of a request, found and judged: the open directory it is in and its name there. Everything a tool does to it
 * goes through `at`, never through `path`.
 */
export class Place {
  readonly requested: string;
  readonly root: Root;
  readonly rootDirectory: Directory;
  readonly directory: Directory;
  readonly name: string | undefined;
  /** What is there, the link itself where links are not followed; undefined: nothing yet. */
  readonly stats: Stats | undefined;
  /** Whether the last component of the request was a link that led here. */
  readonly isThroughLink: boolean;
  /** Components below `name` that do not exist yet either. */
  readonly rest: readonly string[];
  readonly #judgeFile: (stats: Stats) => void;

  /** `judgeFile` throws where an open file is one that may not be read. */
  constructor(requested: string, reached: Reached, judgeFile: (stats: Stats) => void) {
    this.requested = requested;
    this.root = reached.root;
    this.rootDirectory = reached.rootDirectory;
    this.directory = reached.directory;
    this.name = reached.name;
    this.stats = reached.stats;
    this.isThroughLink = reached.isThroughLink;
    this.rest = reached.rest;
    this.#judgeFile = judgeFile;
  }

  /** The real path, for messages, patterns and records. */
  get path(): string {
    const names = this.name === undefined ? [] : [this.name, ...this.rest];
    return names.reduce(pathBelow, this.directory.path);
  }

  /** How `node:fs` reaches the entry itself. */
  get at(): string {
    return this.name === undefined ? `${this.directory.self}/.` : this.directory.at(this.name);
  }

  /** The entry's name; throws for a root, which no tool may replace, move or delete. */
  get entryName(): string {
    if (this.name !== undefined) return this.name;
    throw new GatewayError('denied', `Access denied - ${printable(this.requested)} is an allowed directory itself.`);
  }

  /** What is there; throws ENOENT where nothing is. */
  get existing(): Stats {
    if (this.stats && this.rest.length === 0) return this.stats;
    throw systemError('ENOENT', `list_directory shows what is in ${printable(this.directory.path)}.`);
  }

  /** Throws saying which directory is missing, where the parent does not exist. `orElse`: what else the tool offers. */
  requireParent(orElse = ''): void {
    if (this.rest.length === 0) return;
    throw new GatewayError(
      'invalid_input',
      `Parent directory does not exist: ${printable(dirname(this.path))}. Make it with create_directory${orElse}.`,
    );
  }

  /** Throws where the path ends like a directory's: a file would not be found again under it. */
  requireFileName(): void {
    if (!/[\\/]\.?$/.test(this.requested) || this.stats) return;
    throw new GatewayError(
      'invalid_input',
      `ENOTDIR: not a directory: ${printable(this.requested)}. A file's path does not end with a slash; give the file's own name. Nothing was changed.`,
    );
  }

  /** Opens the directory that is here; the caller closes it. */
  openDirectory(): Directory {
    if (!this.existing.isDirectory()) throw systemError('ENOTDIR');
    if (this.name === undefined) return { ...ownDirectory(this.directory), close: () => undefined };
    return this.directory.enter(this.name);
  }

  /** What is there at this moment, which may differ from `stats` after waiting for a lock. */
  now(): Stats | undefined {
    return this.rest.length > 0 ? undefined : lstatSync(this.at, { throwIfNoEntry: false });
  }

  /** Opens the regular file that is here, without waiting; devices, FIFOs and sockets are refused before and after. */
  openFile(): OpenFile {
    try {
      return this.#open();
    } catch (error) {
      throw explain(error, this.requested); // here, since a call may have another place that would be blamed
    }
  }

  #open(): OpenFile {
    refuseSpecial(this.existing, this.requested);
    const fd = openSync(this.at, constants.O_RDONLY | safeOpenFlags);
    try {
      const stats = fstatSync(fd);
      refuseSpecial(stats, this.requested);
      this.#judgeFile(stats);
      return { fd, stats };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Opens the file here, gives it to `work`, and closes it whatever happens. */
  async withFile<T>(work: (file: OpenFile) => Promise<T> | T): Promise<T> {
    const file = this.openFile();
    try {
      return await work(file);
    } finally {
      closeSync(file.fd);
    }
  }
}

/** Throws for everything that is not a regular file, saying which tool is for it where there is one. */
export function refuseSpecial(stats: Stats, requested: string): void {
  if (stats.isFile()) return;
  if (stats.isDirectory()) throw systemError('EISDIR');
  if (stats.isSymbolicLink()) throw outside(requested);
  throw new GatewayError(
    'denied',
    `Access denied - ${printable(requested)} is a ${kindOf(stats)}, not a regular file; nothing was opened.`,
  );
}

/** A root's directory as one that a caller may close without closing the root. */
function ownDirectory(directory: Directory): Omit<Directory, 'close'> {
  return {
    path: directory.path,
    at: (name) => directory.at(name),
    enter: (name) => directory.enter(name),
    self: directory.self,
    fd: directory.fd,
  };
}
