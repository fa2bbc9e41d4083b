import postgres, { type ReservedSql, type Sql } from 'postgres';

export interface Ran {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** A quiet connection pool for tests. */
export function connect(url: string): Sql {
  return postgres(url, { max: 3, onnotice: () => undefined });
}

/**
 * Runs one statement as an engine does: in a READ ONLY transaction that is rolled back, by the extended protocol, through
 * a portal of at most `maxRows` rows.
 */
export async function runReadOnly(sql: Sql, text: string, params: readonly string[], maxRows: number): Promise<Ran> {
  const connection = await sql.reserve();
  try {
    await connection.unsafe("BEGIN READ ONLY; SET LOCAL statement_timeout = '3s'; SELECT 1").simple();
    return await readPortal(connection, text, params, maxRows);
  } finally {
    await connection.unsafe('ROLLBACK').simple();
    connection.release();
  }
}

async function readPortal(
  connection: ReservedSql,
  text: string,
  params: readonly string[],
  maxRows: number,
): Promise<Ran> {
  const rows: (string | null)[][] = [];
  const take = (raw: readonly (readonly (Buffer | null)[])[]) => {
    for (const row of raw) rows.push(row.map((value) => value?.toString() ?? null));
  };
  const result = await connection
    .unsafe(text, [...params])
    .raw()
    .cursor(maxRows, (page) => {
      take(page as never);
      return connection.CLOSE as never;
    });
  // SHOW and EXPLAIN come back whole, as the result itself.
  if (rows.length === 0) take(result as never);
  return { columns: result.columns?.map(({ name }) => name) ?? [], rows: rows.slice(0, maxRows) };
}
