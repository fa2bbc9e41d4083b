import type { Stats } from 'node:fs';
import { identityOf } from '../sandbox/closed-file.ts';
import { changedMeanwhile } from './tree.ts';

/** What tells of the entries of a tree whether one has changed, as each was when it was looked at. */
export class EntryStates {
  readonly #states = new Map<string, string>();

  remember(stats: Stats): void {
    this.#states.set(identityOf(stats), stateOf(stats));
  }

  /** Throws where an entry has changed, or is one that was not looked at. */
  requireSame(stats: Stats, name: string): void {
    if (this.#states.get(identityOf(stats)) !== stateOf(stats)) throw changedMeanwhile(name);
  }

  /**
   * The same of a file or link in a tree that is being removed: its other names may be gone already, which counts as a
   * change of the file, but not of its content, owner and permissions.
   */
  requireSameContent(stats: Stats, name: string): void {
    if (!this.#states.get(identityOf(stats))?.endsWith(contentOf(stats))) throw changedMeanwhile(name);
  }
}

/** The kernel sets the time of a change for content, permissions and owner alike; no program can set it. */
function stateOf(stats: Stats): string {
  return stats.ctimeMs + contentOf(stats);
}

function contentOf({ mtimeMs, size, mode, uid, gid }: Stats): string {
  return `:${mtimeMs}:${size}:${mode}:${uid}:${gid}`;
}
