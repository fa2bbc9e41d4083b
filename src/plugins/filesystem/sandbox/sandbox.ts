import type { Stats } from 'node:fs';
import { resolve, sep } from 'node:path';
import { GatewayError } from '../../../core/errors.ts';
import { identitiesOf, identityOf } from './closed-file.ts';
import { explain, outside, printable, systemError } from './failure.ts';
import { isInGitDirectory } from './git-directory.ts';
import type { Mounts } from './mounts.ts';
import { Place } from './place.ts';
import type { Protection } from './protection.ts';
import { checkNewName, checkRequestedPath, withHome } from './requested-path.ts';
import { isKernelPath, isWithin, type Root, segmentsBelow } from './root.ts';
import { Turns } from './turns.ts';
import { Walk } from './walk.ts';

export interface SandboxPolicy {
  readonly secrets: Protection;
  readonly code: Protection;
  /** Folders and files of the gateway itself that are closed even inside a root: the trash, its configuration. */
  readonly closed: readonly string[];
  /** Keeps folders that git takes for a repository, whatever their name, from being made or changed. */
  readonly gitDirectories: boolean;
  /** Keeps a directory from being moved or deleted with a protected entry in it. */
  readonly insideTrees: boolean;
  readonly crossDevices: boolean;
  readonly refuseHardLinks: boolean;
  readonly mounts: Mounts;
}

export interface Intent {
  readonly access: 'read' | 'write' | 'list';
  /** False: the last component is taken as it is, even a link. True where absent. */
  readonly follow?: boolean;
  /** True: a new name is taken as it is spelled, not for an entry in another Unicode composition. */
  readonly exact?: boolean;
}

/** What is left to say where a client's roots and the configured ones have nothing in common. */
export const noRoots =
  "Access denied - none of the client's roots is in an allowed directory, or the other way round, so nothing can be reached. Open another folder in the client; where its paths are those of another machine, the gateway's configuration can leave them aside (clientRoots: ignore).";

/**
 * The only way from a caller's string to a file. `use` finds the place, judges it against rights and patterns, runs the
 * work while its directory is held open, and turns the system's errors into ones that the caller can read.
 */
export class Sandbox {
  readonly roots: readonly Root[];
  readonly policy: SandboxPolicy;
  readonly #turns: Turns;

  constructor(roots: readonly Root[], policy: SandboxPolicy, turns = new Turns()) {
    this.roots = roots;
    this.policy = policy;
    this.#turns = turns;
  }

  /** The same policy, and the same share of the machine, over other roots: some of these, or folders in them. */
  over(roots: readonly Root[]): Sandbox {
    return new Sandbox(roots, this.policy, this.#turns);
  }

  use<T>(requested: string, intent: Intent, work: (place: Place) => Promise<T> | T): Promise<T> {
    return this.#turns.take(() => this.#within(requested, intent, work));
  }

  /** Both places held at once, for what has a source and a destination. */
  usePair<T>(
    from: { readonly path: string; readonly intent: Intent },
    to: { readonly path: string; readonly intent: Intent },
    work: (from: Place, to: Place) => Promise<T> | T,
  ): Promise<T> {
    return this.#turns.take(() =>
      this.#within(from.path, from.intent, (source) => {
        void source.existing; // where it is missing the error names it, and not the destination
        return this.#within(to.path, to.intent, (destination) => work(source, destination));
      }),
    );
  }

  /** The root, and the names below it, that an absolute path stands for by its spelling alone. */
  locate(path: string): { root: Root; segments: string[] } | undefined {
    let best: { root: Root; segments: string[] } | undefined;
    for (const root of this.roots) {
      for (const base of [root.real, root.configured]) {
        const segments = segmentsBelow(base, path);
        if (segments && (!best || segments.length < best.segments.length)) best = { root, segments };
      }
    }
    return best;
  }

  /**
   * A test for entries met on a walk in a root: whether the entry of that real path may be read, because no pattern
   * covers it, it is on no file system that is closed, and not the gateway's own under whatever name.
   */
  entryTest(root: Root): (path: string, stats: Stats) => boolean {
    const own = new Set(identitiesOf(this.policy.closed));
    const mounts = this.closedMounts(root);
    return (path, stats) => {
      if (stats.isFile() && own.has(identityOf(stats))) return false;
      if (stats.isDirectory() && mounts.some((mount) => isWithin(mount, path))) return false;
      return !this.#isClosed(path) && !this.policy.secrets.covers(path);
    };
  }

  /** The real paths of mounts below a root that may not be entered, at this moment. */
  closedMounts({ real, device }: Root): string[] {
    return this.policy.crossDevices ? [] : this.policy.mounts.below(real, device);
  }

  /** Throws where a real path is one that no tool may write: its root is read only, or a pattern covers it. */
  requireWritable(path: string, requested: string): void {
    const root = this.rootOf(path);
    if (!root || this.#isClosed(path)) throw outside(requested);
    if (root.rights === 'ro') {
      throw new GatewayError(
        'denied',
        `Access denied - ${printable(root.configured)} is read-only. list_allowed_directories shows where you may write.`,
      );
    }
    if (this.isWriteProtected(path)) throw protectedPath(requested);
  }

  /**
   * Whether a pattern, or the folder it is in, keeps a real path from being written; rights are another matter. `at` is
   * where the entry is made, if that is in a tree that does not have its own name yet.
   */
  isWriteProtected(path: string, at = path): boolean {
    const { secrets, code, gitDirectories } = this.policy;
    return secrets.covers(path) || code.covers(path) || (gitDirectories && isInGitDirectory(at));
  }

  /** The innermost root that holds a real path: its rights count, whichever root the request named. */
  rootOf(path: string): Root | undefined {
    return this.roots
      .filter((root) => isWithin(root.real, path))
      .reduce<Root | undefined>(
        (best, root) => (best && best.real.length >= root.real.length ? best : root),
        undefined,
      );
  }

  close(): void {
    for (const root of this.roots) root.close();
  }

  async #within<T>(requested: string, intent: Intent, work: (place: Place) => Promise<T> | T): Promise<T> {
    try {
      if (intent.access === 'write') this.policy.mounts.read();
      const reached = this.#walk(requested, intent);
      try {
        const place = new Place(requested, reached, (stats) => this.#judgeFile(stats, requested));
        this.#judge(place, intent);
        return await work(place);
      } finally {
        reached.close();
      }
    } catch (error) {
      throw explain(error, requested);
    }
  }

  #walk(requested: string, intent: Intent) {
    checkRequestedPath(requested, process.platform);
    const first = this.roots[0];
    if (!first) throw new GatewayError('denied', noRoots);
    const absolute = resolve(first.real, withHome(requested));
    const located = this.locate(absolute);
    if (!located) throw outside(requested);
    // What was asked for counts as well as what it leads to, and is refused whether or not anything is there.
    if (intent.access !== 'list') this.#refuseSecret(absolute, requested);
    const asDirectory = requested.endsWith(sep) || requested.endsWith(`${sep}.`);
    const reached = new Walk(requested, located.root, located.segments, {
      followLast: intent.follow !== false,
      exactLast: intent.exact === true,
      locate: (path) => this.locate(resolve(path)),
      mayEnter: (root, path) => this.#mayEnter(root, path, requested),
    }).run();
    if (asDirectory && reached.stats && !reached.stats.isDirectory()) {
      reached.close();
      throw systemError('ENOTDIR', 'Drop the trailing slash to name what is there.');
    }
    return reached;
  }

  #judge(place: Place, intent: Intent): void {
    const { path, requested } = place;
    if (place.stats?.isFile()) this.#refuseOwn(place.stats, requested);
    if (this.#isClosed(path)) throw outside(requested);
    if (place.stats?.isDirectory()) this.#mayEnter(place.root, path, requested);
    if (intent.access !== 'list' && path !== requested) this.#refuseSecret(path, requested);
    if (intent.access !== 'write') return;
    this.requireWritable(path, requested);
    if (!place.stats) for (const name of [place.entryName, ...place.rest]) checkNewName(name);
  }

  /** What can be said of a file only when it is open: its name may have become another file's since it was found. */
  #judgeFile(stats: Stats, requested: string): void {
    this.#refuseOwn(stats, requested);
    if (!this.policy.refuseHardLinks || stats.nlink <= 1) return;
    throw new GatewayError(
      'denied',
      `Access denied - ${printable(requested)} has ${stats.nlink} names (hard links), which the configuration refuses.`,
    );
  }

  #refuseOwn(stats: Stats, requested: string): void {
    if (identitiesOf(this.policy.closed).includes(identityOf(stats))) throw closedFile(requested);
  }

  #mayEnter(root: Root, path: string, requested: string): void {
    if (this.#isClosed(path)) throw outside(requested);
    if (this.policy.crossDevices || root.device === undefined) return;
    if (this.policy.mounts.leaves(root.device, path)) {
      throw new GatewayError(
        'denied',
        `Access denied - ${printable(requested)} is on another file system, which the configuration (crossDevices) does not open.`,
      );
    }
  }

  #refuseSecret(path: string, requested: string): void {
    if (this.policy.secrets.covers(path)) throw protectedPath(requested);
  }

  #isClosed(path: string): boolean {
    return isKernelPath(path) || this.policy.closed.some((folder) => isWithin(folder, path));
  }
}

function closedFile(requested: string): GatewayError {
  return new GatewayError(
    'denied',
    `Access denied - ${printable(requested)} is the gateway's own: its configuration, or a file that it reads secrets from. No setting opens it to tools.`,
  );
}

function protectedPath(requested: string): GatewayError {
  return new GatewayError(
    'denied',
    `Access denied - ${printable(requested)} is protected by a deny pattern (secrets, or files that are run as code). Only the gateway's configuration can open it.`,
  );
}
