import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { sep } from 'node:path';
import { GatewayError } from '../../../core/errors.ts';
import { type Directory, pathBelow } from './directory.ts';
import { kindOf } from './entry-kind.ts';
import { outside, printable, systemError } from './failure.ts';
import type { HeldRoot, Root } from './root.ts';

const mostLinks = 40;

/** Where a path led: the open directory, the name in it, and what is there without following it (undefined: nothing). */
export interface Reached {
  readonly root: Root;
  /** The root's own directory, held until `close` as the others are. */
  readonly rootDirectory: Directory;
  readonly directory: Directory;
  /** Undefined when the path is the root itself. */
  readonly name: string | undefined;
  readonly stats: Stats | undefined;
  /** Whether the path's last component was a link, which was followed. */
  readonly isThroughLink: boolean;
  /** Components that do not exist after `name`, for making directories on the way. */
  readonly rest: readonly string[];
  close(): void;
}

export interface WalkRules {
  /** False: the last component is taken as it is, even a link (delete, move). */
  readonly followLast: boolean;
  /** True: a last component that is not there is a new name, even if one in another Unicode composition is. */
  readonly exactLast: boolean;
  /** The root and the names that an absolute link target stands for; undefined: outside. */
  locate(path: string): { readonly root: Root; readonly segments: readonly string[] } | undefined;
  /** Whether a directory of that real path may be entered: its mount, chiefly. Throws where not. */
  mayEnter(root: Root, path: string): void;
}

/**
 * Goes from an open root to a path, one directory handle at a time. Links are resolved here and not by the system, so
 * that every step stays inside a root: a directory swapped for a link during the walk is just a link that is resolved
 * by the same rules, or an error. A link that leads outside or to nothing is refused alike.
 */
export class Walk {
  readonly #requested: string;
  readonly #rules: WalkRules;
  #root: Root;
  #held: HeldRoot | undefined;
  #opened: Directory[] = [];
  #queue: string[];
  #links = 0;
  #isThroughLink = false;
  /** With this many components left or more, the current one comes from a link's target. */
  #linkedAbove = Number.POSITIVE_INFINITY;

  constructor(requested: string, root: Root, segments: readonly string[], rules: WalkRules) {
    this.#requested = requested;
    this.#root = root;
    this.#queue = [...segments];
    this.#rules = rules;
  }

  run(): Reached {
    try {
      for (let name = this.#queue.shift(); name !== undefined; name = this.#queue.shift()) {
        const reached = this.#step(name);
        if (reached) return reached;
      }
      return this.#atDirectory();
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  get #current(): Directory {
    return this.#opened.at(-1) ?? this.#rootDirectory;
  }

  get #rootDirectory(): Directory {
    this.#held ??= this.#root.hold();
    return this.#held.directory;
  }

  #step(name: string): Reached | undefined {
    if (name === '..') {
      const left = this.#opened.pop();
      if (!left) throw outside(this.#requested);
      left.close();
      return undefined;
    }
    const last = this.#queue.length === 0;
    if (!last && this.#enter(name)) return undefined;
    const stats = lstatSync(this.#current.at(name), { throwIfNoEntry: false });
    if (!stats) return this.#missing(name);
    if (stats.isSymbolicLink() && (!last || this.#rules.followLast)) {
      this.#isThroughLink ||= last;
      this.#expand(name);
      return undefined;
    }
    if (!last) throw systemError('ENOTDIR', `${printable(pathBelow(this.#current.path, name))} is a ${kindOf(stats)}.`);
    return this.#reached(name, stats, []);
  }

  /** False where the entry is no directory: a link, a file or nothing, which the caller tells apart. */
  #enter(name: string): boolean {
    const here = this.#current;
    this.#rules.mayEnter(this.#root, pathBelow(here.path, name));
    try {
      this.#opened.push(here.enter(name));
      return true;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ELOOP' || code === 'ENOTDIR' || code === 'ENOENT') return false;
      throw error;
    }
  }

  #missing(name: string): Reached | undefined {
    if (this.#queue.length >= this.#linkedAbove) throw outside(this.#requested);
    const isNew = this.#rules.exactLast && this.#queue.length === 0;
    const equivalent = isNew ? undefined : this.#sameInUnicode(name);
    if (equivalent !== undefined) {
      this.#queue.unshift(equivalent);
      return undefined;
    }
    return this.#reached(name, undefined, this.#queue);
  }

  /** A name that differs only in Unicode composition, as macOS and its archives write it; only where it is the only one. */
  #sameInUnicode(name: string): string | undefined {
    if (/^[ -~]*$/.test(name)) return undefined;
    const wanted = name.normalize('NFC');
    const equal = readdirSync(this.#current.self).filter(
      (entry) => entry !== name && entry.normalize('NFC') === wanted,
    );
    if (equal.length > 1) {
      throw new GatewayError('invalid_input', `Ambiguous Unicode path component: ${printable(name)}`);
    }
    return equal[0];
  }

  #expand(name: string): void {
    if (++this.#links > mostLinks) throw systemError('ELOOP');
    const target = readlinkSync(this.#current.at(name));
    this.#linkedAbove = Math.min(this.#linkedAbove, this.#queue.length);
    if (!target.startsWith(sep) && !/^[A-Za-z]:/.test(target)) {
      this.#queue.unshift(...target.split(sep).filter((part) => part !== '' && part !== '.'));
      return;
    }
    const located = this.#rules.locate(target);
    if (!located) throw outside(this.#requested);
    this.#close();
    this.#root = located.root;
    this.#queue.unshift(...located.segments);
  }

  /** The path ended on a directory that is already open: the root, or where a link's `..` led. */
  #atDirectory(): Reached {
    const here = this.#opened.at(-1);
    if (!here) return this.#reached(undefined, lstatSync(`${this.#rootDirectory.self}${sep}.`), []);
    const name = here.path.slice(here.path.lastIndexOf(sep) + 1);
    here.close();
    this.#opened.pop();
    return this.#reached(name, lstatSync(this.#current.at(name)), []);
  }

  #reached(name: string | undefined, stats: Stats | undefined, rest: readonly string[]): Reached {
    return {
      root: this.#root,
      rootDirectory: this.#rootDirectory,
      directory: this.#current,
      name,
      stats,
      isThroughLink: this.#isThroughLink,
      rest: [...rest],
      close: () => this.#close(),
    };
  }

  #close(): void {
    for (const directory of this.#opened) directory.close();
    this.#opened = [];
    this.#held?.release();
    this.#held = undefined;
  }
}
