import type { EngineRows } from '../engine.ts';
import type { SqlErrorFields } from '../sql-error.ts';
import { BackendReader } from './backend-reader.ts';
import type { Statement } from './messages.ts';
import { type OpenPglite, readerRole } from './pglite.ts';
import { ResultCollector } from './result-collector.ts';

/** Rows asked of the portal at a time; between two such steps the byte cap is looked at. */
const step = 200;
/** Errors and row descriptions are read whole up to this, however small the byte cap. */
const minBodyBytes = 1024 * 1024;

/** PGlite's one backend, driven by wire messages: a caller's text only ever goes into Parse, so it stays one statement. */
export class Session {
  readonly #database: OpenPglite;

  constructor(database: OpenPglite) {
    this.#database = database;
  }

  /** Bytes of the WebAssembly memory; it grows and never shrinks. */
  get memoryBytes(): number {
    return this.#database.pg.Module.HEAPU8.length;
  }

  /**
   * Runs one statement as the reader role in a transaction that is read-only and always rolled back. Blocks this thread
   * until PostgreSQL is done: PGlite knows neither timeouts nor cancel requests. A rejection means a broken instance.
   */
  async run(statement: Statement): Promise<EngineRows | { readonly error: SqlErrorFields }> {
    const collector = new ResultCollector(statement);
    // the last SELECT takes the snapshot, after which SET TRANSACTION READ WRITE is refused
    const preamble = await this.#exec(`BEGIN READ ONLY; SET LOCAL ROLE ${readerRole}; SELECT 1`);
    if (!preamble) await this.#execute(collector, statement);
    await this.#exec('ROLLBACK');
    // what outlives a rollback on a backend that all callers share: advisory locks, prepared statements, settings
    await this.#exec('DISCARD ALL');
    const error = preamble ?? collector.error;
    return error ? { error } : collector.result();
  }

  async #execute(collector: ResultCollector, { text, params, skipRows, maxRows, maxBytes }: Statement): Promise<void> {
    const { serialize } = this.#database;
    await this.#send(
      collector,
      maxBytes,
      serialize.parse({ text }),
      serialize.bind({ values: [...params] }),
      serialize.describe({ type: 'P' }),
      serialize.execute({ rows: Math.min(step, skipRows + maxRows + 1) }),
    );
    while (collector.wanted > 0) {
      await this.#send(collector, maxBytes, serialize.execute({ rows: Math.min(step, collector.wanted) }));
    }
  }

  async #send(collector: ResultCollector, maxBytes: number, ...messages: Uint8Array[]): Promise<void> {
    const reader = new BackendReader(Math.max(maxBytes, minBodyBytes), (type, wireBytes, body) =>
      collector.take(type, wireBytes, body),
    );
    await this.#database.pg.execProtocolRawStream(Buffer.concat([...messages, this.#database.serialize.sync()]), {
      syncToFs: false,
      onRawData: (chunk) => reader.push(chunk),
    });
    if (!collector.ended) throw new Error('PostgreSQL stopped in the middle of the statement');
  }

  /** Our own SQL by the simple protocol; returns the error, if any. */
  async #exec(sql: string): Promise<SqlErrorFields | undefined> {
    const collector = new ResultCollector({ maxRows: 0, maxBytes: 0, skipRows: 0 });
    const reader = new BackendReader(minBodyBytes, (type, wireBytes, body) => collector.take(type, wireBytes, body));
    await this.#database.pg.execProtocolRawStream(this.#database.serialize.query(sql), {
      syncToFs: false,
      onRawData: (chunk) => reader.push(chunk),
    });
    return collector.error;
  }
}
