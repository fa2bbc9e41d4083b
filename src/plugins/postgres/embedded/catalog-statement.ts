import type { EngineRows } from '../engine.ts';
import type { Request } from './pending-call.ts';

export type CatalogParameter = string | number | boolean | null | readonly string[];

/** The gateway's own SQL: bounded only against defects of its own. */
export function catalogRequest(text: string, params: readonly CatalogParameter[]): Request {
  return {
    kind: 'catalog',
    timeoutMs: 10_000,
    statement: { text, params: params.map(toText), maxRows: 1_000_000, maxBytes: 32 * 1024 * 1024, skipRows: 0 },
  };
}

/** Rows by column name. */
export function byName({ columns, rows }: EngineRows): readonly Readonly<Record<string, string | null>>[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
}

function toText(value: CatalogParameter): string | null {
  if (value === null) return null;
  if (typeof value === 'object') return `{${value.map(quoteElement).join(',')}}`;
  return String(value);
}

function quoteElement(element: string): string {
  return `"${element.replaceAll(/["\\]/g, '\\$&')}"`;
}
