import type { CatalogRow } from '../row.ts';
import type { Unavailable } from '../unavailable.ts';
import type { TableRef } from './resolve-table.ts';

/** What a part of a table's description is made with, and where it says what it left out. */
export interface SectionNotes {
  readonly table: TableRef;
  /** `server_version_num`. */
  readonly version: number;
  readonly unavailable: Unavailable[];
  /** One sentence for each list or text that was cut, with how to get the rest. */
  readonly cuts: string[];
}

/**
 * One part of a table's description: its queries, each of which takes the table's OID as `$1`, and what is made of their
 * rows. The queries of all parts that are wanted go to the server as one statement.
 */
export interface Section<Value> {
  readonly queries: readonly string[];
  /** Whether it has the server write out a definition, which waits for whoever has locked the table. */
  readonly waitsForLocks: boolean;
  /** The rows come in the order of the queries. */
  read(rows: readonly (readonly CatalogRow[])[], notes: SectionNotes): Value;
}

/** The first `most` rows of a query that was asked for one more; says so where there are more. */
export function firstRows<Row>(
  { cuts }: SectionNotes,
  rows: readonly Row[],
  most: number,
  what: string,
  rest: string,
): readonly Row[] {
  if (rows.length <= most) return rows;
  cuts.push(`${what}: the first ${most} only. ${rest}`);
  return rows.slice(0, most);
}
