import type { PgQueryModule } from 'libpg-query/wasm/libpg-query.js';

/** PostgreSQL's own complaint about a text; `character` counts code points from 0. */
export class SqlSyntaxError extends Error {
  override readonly name = 'SqlSyntaxError';
  readonly character: number | undefined;

  constructor(message: string, character: number | undefined) {
    super(message);
    this.character = character;
  }
}

/** The parser ran out of stack: the statement nests too deeply to be parsed here. */
export class ParserOverflow extends Error {
  override readonly name = 'ParserOverflow';
}

let loading: Promise<PgQueryModule> | undefined;

/**
 * PostgreSQL 18's grammar, compiled to WebAssembly: the JSON tree of a text with any number of statements.
 * Loaded on first use, since it costs 20 MB. Throws SqlSyntaxError or ParserOverflow.
 */
export function parse(sql: string): Promise<unknown> {
  return run(sql, (pgQuery, text) => {
    const result = pgQuery._wasm_parse_query_raw(text);
    try {
      const error = pgQuery.getValue(result + 8, 'i32');
      if (error) throw syntaxError(pgQuery, error);
      return JSON.parse(pgQuery.UTF8ToString(pgQuery.getValue(result, 'i32')));
    } finally {
      pgQuery._wasm_free_parse_result(result);
    }
  });
}

/** The tokens of a text, comments too, as JSON text: `{ tokens: [{ start, end, tokenName }] }` in bytes. Throws like `parse`. */
export function scan(sql: string): Promise<string> {
  return run(sql, (pgQuery, text) => {
    const result = pgQuery._wasm_scan(text);
    try {
      const answer = pgQuery.UTF8ToString(result);
      if (!answer.startsWith('{')) throw new SqlSyntaxError(answer, undefined);
      return answer;
    } finally {
      pgQuery._wasm_free_string(result);
    }
  });
}

/**
 * The package's own entry point keeps one instance for ever, and each stack overflow leaves that instance's C stack where
 * it trapped: some dozens later every parse fails, or hangs. So an instance that trapped is dropped for a new one (10 ms).
 */
async function run<T>(sql: string, work: (pgQuery: PgQueryModule, text: number) => T): Promise<T> {
  loading ??= load();
  const mine = loading;
  const pgQuery = await mine;
  const bytes = pgQuery.lengthBytesUTF8(sql) + 1;
  try {
    const text = pgQuery._malloc(bytes);
    try {
      pgQuery.stringToUTF8(sql, text, bytes);
      return work(pgQuery, text);
    } finally {
      pgQuery._free(text);
    }
  } catch (error) {
    if (error instanceof SqlSyntaxError) throw error;
    if (loading === mine) loading = undefined;
    throw new ParserOverflow('The parser ran out of stack.', { cause: error });
  }
}

async function load(): Promise<PgQueryModule> {
  try {
    return await (await import('libpg-query/wasm/libpg-query.js')).default();
  } catch (error) {
    loading = undefined; // a failure is not remembered
    throw error;
  }
}

function syntaxError(pgQuery: PgQueryModule, error: number): SqlSyntaxError {
  const message = pgQuery.getValue(error, 'i32');
  const cursor = pgQuery.getValue(error + 16, 'i32');
  return new SqlSyntaxError(
    message ? pgQuery.UTF8ToString(message) : 'syntax error',
    cursor > 0 ? cursor - 1 : undefined,
  );
}
