import { CheckedStatements } from './checked-statements.ts';
import type { DatabaseSettings } from './config.ts';
import { CellDecoder } from './decode/decode.ts';
import { TypeCatalog } from './decode/type-catalog.ts';
import type { Database, QueryRequest, QueryResult } from './deps.ts';
import type { Engine, EngineRows } from './engine.ts';
import type { CheckedStatement } from './guard/checked-statement.ts';
import type { LiveFunctionCatalog } from './guard/function-catalog.ts';
import { parameterTexts } from './parameters.ts';

/** How long the server's version is believed: it changes only with a restart. */
const versionMs = 60_000;

/** One configured database: what a caller sends is checked, run within the settings' bounds, and decoded. */
export class GuardedDatabase implements Database {
  readonly id: string;
  readonly engine: Engine;
  readonly #settings: DatabaseSettings;
  readonly #types: TypeCatalog;
  #functions: LiveFunctionCatalog | undefined;
  readonly #checked = new CheckedStatements();
  #version: { readonly value: number; readonly until: number } | undefined;

  constructor(id: string, engine: Engine, settings: DatabaseSettings) {
    this.id = id;
    this.engine = engine;
    this.#settings = settings;
    this.#types = new TypeCatalog(engine.catalog);
  }

  async versionNum(signal?: AbortSignal): Promise<number> {
    if (this.#version && this.#version.until > performance.now()) return this.#version.value;
    const [row] = await this.engine.catalog("SELECT current_setting('server_version_num') AS version", [], signal);
    const value = Number(row?.version);
    this.#version = { value, until: performance.now() + versionMs };
    return value;
  }

  async query(request: QueryRequest, signal: AbortSignal): Promise<QueryResult> {
    const startedAt = performance.now();
    const limits = {
      maxRows: Math.min(request.maxRows, this.#settings.maxRows),
      maxBytes: this.#settings.resultBytes,
      timeoutMs: Math.min(request.timeoutMs, this.#settings.statementTimeoutMs),
    };
    const page = { maxRows: limits.maxRows, offset: request.offset };
    const statement = await this.#checked.get(request.sql, page, () =>
      this.#check(request.sql, { ...page, maxBytes: limits.maxBytes, signal }),
    );
    const found = await this.#run(statement, request, limits, signal);
    const typeOf = await this.#types.resolve(
      found.columns.map(({ oid }) => oid),
      signal,
    );
    const decoder = new CellDecoder(typeOf, this.#settings.valueCharacters);
    const rows = found.rows.map((row) =>
      found.columns.map(({ oid }, index) => decoder.decode(row[index] ?? null, oid)),
    );
    return {
      columns: found.columns.map(({ name, oid }) => ({ name, type: typeOf(oid).name })),
      rows,
      truncated: found.cutBy !== null,
      truncatedBy: found.cutBy,
      limitApplied: statement.limitApplied,
      durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
      notices: decoder.cut === 0 ? found.notices : [...found.notices, this.#cutNotice(decoder.cut)],
    };
  }

  /** The guard is loaded with the first statement: it is a third of the plugin, and a start need not wait for it. */
  async #check(
    sql: string,
    page: {
      readonly maxRows: number;
      readonly offset: number;
      readonly maxBytes: number;
      readonly signal: AbortSignal;
    },
  ): Promise<CheckedStatement> {
    const { LiveFunctionCatalog: Functions } = await import('./guard/function-catalog.ts');
    const { checkStatement } = await import('./guard/check-statement.ts');
    this.#functions ??= new Functions(this.engine);
    return checkStatement(sql, { ...page, functions: this.#functions, allowFunctions: this.#settings.allowFunctions });
  }

  async #run(
    statement: CheckedStatement,
    { sql, params }: QueryRequest,
    limits: Parameters<Engine['readOnly']>[2],
    signal: AbortSignal,
  ): Promise<EngineRows> {
    try {
      return await this.engine.readOnly(statement, parameterTexts(params, sql), limits, signal);
    } catch (error) {
      const { explainFailure } = await import('./query-failure.ts');
      throw await explainFailure(error, sql, this.engine, signal);
    }
  }

  #cutNotice(count: number): string {
    const { valueCharacters } = this.#settings;
    return `${count} ${count === 1 ? 'value was' : 'values were'} cut to ${valueCharacters} characters. Read the rest in parts, as in substr(column, ${valueCharacters + 1}, ${valueCharacters}).`;
  }
}
