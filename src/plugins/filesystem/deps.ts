import type { Health } from '../../core/plugin.ts';
import type { Change } from './changes/change.ts';
import type { Trash } from './changes/trash.ts';
import type { FilesystemLimits } from './config.ts';
import type { KeyedLock } from './io/keyed-lock.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import type { DirectorySearch } from './search/directory-search.ts';

/** What filesystem tools see: places to use, changes to make, directories to search. */
export interface FilesystemDeps {
  readonly sandbox: Sandbox;
  readonly limits: FilesystemLimits;
  /** Whether what a client says of its roots narrows what it reaches. */
  readonly narrowsToClientRoots: boolean;
  readonly search: DirectorySearch;
  /** One writer a path at a time, by real path. */
  readonly locks: KeyedLock;
  /** Undefined where the configuration keeps nothing. */
  readonly trash: Trash | undefined;
  change(tool: string, signal: AbortSignal): Change;
  /** Has all of what `work` does with a change happen or none of it, where a trash keeps what it replaces. */
  whole<T>(change: Change, work: () => Promise<T>): Promise<T>;
  health(): Health;
  close(): Promise<void>;
}
