import type { CheckedStatement } from './guard/checked-statement.ts';

/** One column of a result as the server describes it. */
export interface EngineColumn {
  readonly name: string;
  /** The type's OID in pg_type. */
  readonly oid: number;
}

/** Rows in PostgreSQL's own text format, undecoded; null is SQL NULL. */
export interface EngineRows {
  readonly columns: readonly EngineColumn[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Why there may be more than these: the row cap, the byte cap, or nothing was cut. */
  readonly cutBy: 'rows' | 'bytes' | null;
  readonly notices: readonly string[];
}

export interface ReadOnlyLimits {
  /** Rows handed back at most; one more is read to know whether there are more. */
  readonly maxRows: number;
  /** Bytes of the whole result on the wire at most. */
  readonly maxBytes: number;
  /** Milliseconds; becomes statement_timeout, with the engine's own deadline a little behind it. */
  readonly timeoutMs: number;
}

/** How an engine is doing, without asking the server anything: what its connections last told. */
export type EngineState =
  | { readonly is: 'up' }
  | { readonly is: 'starting'; readonly reason: string }
  | { readonly is: 'down'; readonly reason: string; readonly fix: string };

/**
 * One database, behind a pool of connections to a server or embedded in this process.
 * Every method settles within its own deadline, whatever the server does; failures are GatewayErrors:
 * `unavailable` (database down), `busy` (no free connection in time), `timeout`, `cancelled`, `upstream` (SQLSTATE in details).
 */
export interface Engine {
  readonly kind: 'server' | 'embedded';
  /** `host:port/database` or `embedded`; safe to show. */
  readonly target: string;
  state(): EngineState;
  /** What people must know of this database before they take its data for theirs; absent where there is nothing. */
  notice?(): string;
  /**
   * The gateway's own catalog SQL, never a caller's: on a connection kept for it, so that it answers while every other
   * connection is busy. Parameters are bound; values come back as text or null by column name.
   */
  catalog(
    sql: string,
    params: readonly (string | number | boolean | null | readonly string[])[],
    signal?: AbortSignal,
  ): Promise<readonly Readonly<Record<string, string | null>>[]>;
  /** A checked statement in `BEGIN READ ONLY` … `ROLLBACK`, by the extended protocol; params in text format. */
  readOnly(
    statement: CheckedStatement,
    params: readonly (string | null)[],
    limits: ReadOnlyLimits,
    signal: AbortSignal,
  ): Promise<EngineRows>;
  close(): Promise<void>;
}
