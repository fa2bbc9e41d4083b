import type { Health } from '../../core/plugin.ts';
import type { Engine } from './engine.ts';

/** One column of a decoded result; `type` is the type's SQL name, such as `int8` or `timestamptz`. */
interface ResultColumn {
  readonly name: string;
  readonly type: string;
}

export interface QueryRequest {
  readonly sql: string;
  readonly params: readonly unknown[];
  readonly maxRows: number;
  readonly offset: number;
  readonly timeoutMs: number;
}

export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  /** Values as JSON without loss: int8 and numeric as strings, timestamps as ISO text, bytea as `{ base64, truncated }`. */
  readonly rows: readonly (readonly unknown[])[];
  readonly truncated: boolean;
  readonly truncatedBy: 'rows' | 'bytes' | null;
  readonly limitApplied: boolean;
  readonly durationMs: number;
  readonly notices: readonly string[];
}

/** One configured database as the tools see it: its engine for catalog reads, and one verb for a caller's SQL. */
export interface Database {
  readonly id: string;
  readonly engine: Engine;
  /** `server_version_num`, for example 150018; asked once a connection and remembered. */
  versionNum(signal?: AbortSignal): Promise<number>;
  /** Checks, runs and decodes one read-only statement of a caller. */
  query(request: QueryRequest, signal: AbortSignal): Promise<QueryResult>;
}

/** What postgres tools see: the configured databases by name. */
export interface PostgresDeps {
  readonly databases: ReadonlyMap<string, Database>;
  /** The database of that id, or the first configured one; throws `invalid_input` that names the ids. */
  database(id: string | undefined): Database;
  health(): Promise<Health>;
  close(): Promise<void>;
}
