import * as v from 'valibot';
import type { Database } from '../../deps.ts';
import { quoteQualified } from '../identifier.ts';
import type { SectionNotes } from './section.ts';

const sampleRows = 5;
const sampleMs = 5000;

export const Sample = v.object({
  columns: v.array(v.object({ name: v.string(), type: v.string() })),
  rows: v.array(v.array(v.unknown())),
});
export type Sample = v.InferOutput<typeof Sample>;

/** The first few rows, in no order, by the same guarded way as a caller's own SQL. */
export async function readSample(
  database: Database,
  { table, cuts }: SectionNotes,
  signal: AbortSignal,
): Promise<Sample> {
  const sql = `SELECT * FROM ${quoteQualified(table.schema, table.name)} LIMIT ${sampleRows}`;
  const request = { sql, params: [], maxRows: sampleRows, offset: 0, timeoutMs: sampleMs };
  const { columns, rows, truncatedBy } = await database.query(request, signal);
  if (truncatedBy === 'bytes') {
    cuts.push('sample: fewer rows, as they are large. execute_sql with only the columns you need shows more.');
  }
  return { columns: columns.map(({ name, type }) => ({ name, type })), rows: rows.map((row) => [...row]) };
}
