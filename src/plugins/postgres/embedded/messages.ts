import type { EngineRows } from '../engine.ts';
import type { SqlErrorFields } from '../sql-error.ts';

/** Where the worker keeps the database: a folder on disk, or its own memory, gone with it. */
export type Place = { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'memory' };

/** One statement to run in a read-only transaction; parameters in text format. */
export interface Statement {
  readonly text: string;
  readonly params: readonly (string | null)[];
  readonly maxRows: number;
  readonly maxBytes: number;
  /** Rows to read and drop first. */
  readonly skipRows: number;
}

export type ToWorker =
  | { readonly kind: 'run'; readonly id: number; readonly statement: Statement }
  | { readonly kind: 'close' };

/** Why a worker could not open its database; `bad-folder` blames what is in the folder. */
export type OpenFailure = 'not-installed' | 'bad-folder' | 'other';

/** What became of one statement; `memoryBytes` is the size the instance has grown to. */
export type Answer = { readonly id: number; readonly memoryBytes: number } & (
  | { readonly kind: 'rows'; readonly rows: EngineRows }
  | { readonly kind: 'refused'; readonly error: SqlErrorFields }
);

export type FromWorker =
  | { readonly kind: 'up' }
  | { readonly kind: 'failed'; readonly cause: OpenFailure; readonly reason: string }
  | Answer;
