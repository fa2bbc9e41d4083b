import * as v from 'valibot';
import type { EngineRows } from '../engine.ts';

/** One row of a catalog query: the server's text by column name. */
export type CatalogRow = Readonly<Record<string, string | null>>;

/** An engine's rows by column name. */
export function catalogRows({ columns, rows }: EngineRows): CatalogRow[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
}

/** A column that is never NULL by the query's own making; throws where it is, since then the query is wrong. */
export function textOf(row: CatalogRow, column: string): string {
  const value = row[column];
  if (value === undefined || value === null) throw new TypeError(`the catalog query gave no ${column}`);
  return value;
}

export function textOrNull(row: CatalogRow, column: string): string | null {
  return row[column] ?? null;
}

/** PostgreSQL writes a boolean as `t` and its cast to text as `true`. */
export function flagOf(row: CatalogRow, column: string): boolean {
  const value = row[column];
  return value === 't' || value === 'true';
}

/** A count, a size or a time as a number: exact up to 2^53, which no size on disk and no sane counter passes. */
export function numberOrNull(row: CatalogRow, column: string): number | null {
  const value = row[column];
  if (value === undefined || value === null) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

export function numberOf(row: CatalogRow, column: string): number {
  return numberOrNull(row, column) ?? 0;
}

/** A timestamp with any offset as ISO 8601 in UTC. */
export function instantOrNull(row: CatalogRow, column: string): string | null {
  const time = Date.parse(row[column] ?? '');
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

const StringList = v.array(v.string());

/** A column made by `json_agg` or `to_json` of text; NULL is the empty list. */
export function listOf(row: CatalogRow, column: string): string[] {
  const value = row[column];
  return value === undefined || value === null ? [] : v.parse(StringList, JSON.parse(value));
}
