import * as v from 'valibot';
import type { Engine } from '../../engine.ts';
import { fixOf, isOfTheStatement } from '../failed-statement.ts';
import { type CatalogRow, numberOf, textOf } from '../row.ts';
import type { Section, SectionNotes } from './section.ts';

const JsonRow = v.record(v.string(), v.nullable(v.string()));

/** What one section gave; `value` is absent where its queries failed. */
export interface SectionResult<Value> {
  readonly value?: Value;
  readonly notes: SectionNotes;
}

type Basis = Pick<SectionNotes, 'table' | 'version'>;

/**
 * Reads sections of one table's description with a single statement. Where that fails as a whole, each is read by itself,
 * so that one that this role or this table cannot have does not take the others along: it says why instead.
 */
export async function readSections(
  engine: Engine,
  basis: Basis,
  sections: ReadonlyMap<string, Section<unknown>>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SectionResult<unknown>>> {
  const queries = [...sections.values()].flatMap((section) => section.queries);
  try {
    const rows = await readTogether(engine, basis.table.oid, queries, signal);
    const results = new Map<string, SectionResult<unknown>>();
    let taken = 0;
    for (const [name, section] of sections) {
      const own = rows.slice(taken, taken + section.queries.length);
      taken += section.queries.length;
      const notes = notesOn(basis);
      results.set(name, { value: section.read(own, notes), notes });
    }
    return results;
  } catch (error) {
    if (signal.aborted || !isOfTheStatement(error)) throw error;
    const notes = notesOn(basis);
    if (sections.size === 1) {
      notes.unavailable.push({ what: [...sections.keys()].join(), why: error.message, fix: fixOf(error) });
      return new Map([...sections.keys()].map((name) => [name, { notes }]));
    }
  }
  const results = new Map<string, SectionResult<unknown>>();
  for (const [name, section] of sections) {
    const alone = await readSections(engine, basis, new Map([[name, section]]), signal);
    for (const [key, result] of alone) results.set(key, result);
  }
  return results;
}

export function notesOn({ table, version }: Basis): SectionNotes {
  return { table, version, unavailable: [], cuts: [] };
}

/** The rows of several queries on one OID, in one statement: each row as a JSON object of texts, with its query's number. */
async function readTogether(
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
order by p.part, p.place`;
  const found: CatalogRow[][] = queries.map(() => []);
  for (const row of await engine.catalog(sql, [oid], signal)) {
    found[numberOf(row, 'part')]?.push(v.parse(JsonRow, JSON.parse(textOf(row, 'fields'))));
  }
  return found;
}
