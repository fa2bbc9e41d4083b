import type { Sql } from 'postgres';
import type { Engine } from '../../../../src/plugins/postgres/engine.ts';
import { LiveFunctionCatalog } from '../../../../src/plugins/postgres/guard/function-catalog.ts';

/** The real function catalog over a test's own connection, with values in PostgreSQL's text form as an engine gives them. */
export function liveCatalog(sql: Sql): LiveFunctionCatalog {
  const engine: Pick<Engine, 'catalog'> = {
    catalog: async (query, params) => {
      const result = await sql.unsafe(query, params as never).raw();
      return result.map((row) =>
        Object.fromEntries(result.columns.map(({ name }, index) => [name, row[index]?.toString() ?? null])),
      );
    },
  };
  return new LiveFunctionCatalog(engine);
}
