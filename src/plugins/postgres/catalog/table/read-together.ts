import * as v from 'valibot';
import type { Engine } from '../../engine.ts';
import { type CatalogRow, numberOf, textOf } from '../row.ts';

const JsonRow = v.record(v.string(), v.nullable(v.string()));

/**
 * With nothing but pg_catalog on the path, the server writes every other name with its schema, so that a definition means
 * the same wherever it is read. A condition without variables is checked before anything below it runs, and the setting
 * ends with the transaction.
 */
const namesInFull = "(select pg_catalog.set_config('search_path', 'pg_catalog', true)) is not null";

/** The rows of several queries on one OID, in one statement: each row as a JSON object of texts, with its query's number. */
export async function readTogether(
  engine: Engine,
  oid: string,
  queries: readonly string[],
  signal: AbortSignal,
): Promise<readonly (readonly CatalogRow[])[]> {
  const parts = queries.map(
    (query, index) => `select ${index} as part, pg_catalog.row_number() over () as place, (
  select pg_catalog.json_object_agg(e.key, e.value) from pg_catalog.json_each_text(pg_catalog.row_to_json(q)) e
) as fields
from (
${query}
) q`,
  );
  const sql = `select p.part, p.fields from (
${parts.join('\nunion all\n')}
) p
where ${namesInFull}
order by p.part, p.place`;
  const found: CatalogRow[][] = queries.map(() => []);
  for (const row of await engine.catalog(sql, [oid], signal)) {
    found[numberOf(row, 'part')]?.push(v.parse(JsonRow, JSON.parse(textOf(row, 'fields'))));
  }
  return found;
}
