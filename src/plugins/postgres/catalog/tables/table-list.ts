import * as v from 'valibot';
import { displayName } from '../identifier.ts';
import { relationKindNames } from '../relation-kind.ts';
import { shorten, sizeText, textTable, unavailableLines } from '../text-table.ts';
import { Unavailable } from '../unavailable.ts';
import type { ListedTable } from './list-relations.ts';

const Table = v.object({
  schema: v.string(),
  name: v.string(),
  type: v.picklist(relationKindNames),
  partition_of: v.optional(v.pipe(v.string(), v.description('The partitioned table that this is a partition of.'))),
  rows_estimate: v.optional(
    v.pipe(
      v.nullable(v.number()),
      v.description(
        "The planner's estimate from the last ANALYZE or VACUUM; null if there was none, and for views. Of a partitioned table: the sum over its analysed partitions.",
      ),
    ),
  ),
  size_bytes: v.optional(
    v.pipe(v.nullable(v.number()), v.description('With indexes, TOAST and partitions; null for what stores nothing.')),
  ),
  partitions: v.optional(v.pipe(v.number(), v.description('Leaf partitions of a partitioned table.'))),
  rls: v.optional(v.pipe(v.boolean(), v.description('Whether row level security is on.'))),
  readable: v.optional(v.pipe(v.boolean(), v.description('Whether the connected role may SELECT from it.'))),
  comment: v.optional(v.nullable(v.string())),
});

export const TableList = v.object({
  tables: v.array(Table),
  total: v.pipe(v.number(), v.description('How many fit the filter, on all pages.')),
  truncated: v.boolean(),
  next_cursor: v.pipe(v.nullable(v.string()), v.description('Pass as cursor for the next page; null on the last.')),
  unavailable: v.array(Unavailable),
});
type TableList = v.InferOutput<typeof TableList>;

/** The row of a listing that asks for names alone. */
export function named({ schema, name, kind, parent }: ListedTable) {
  return { schema, name, type: kind, ...(parent ? { partition_of: displayName(parent.schema, parent.name) } : {}) };
}

/** The row with estimates, size and comment. */
export function summarised(table: ListedTable) {
  return {
    ...named(table),
    rows_estimate: table.rowsEstimate,
    size_bytes: table.sizeBytes,
    ...(table.partitions === null ? {} : { partitions: table.partitions }),
    rls: table.rowSecurity,
    readable: table.readable,
    comment: table.comment === null ? null : shorten(table.comment, 300),
  };
}

/** A page of tables, a line each, and how to get the next. */
export function tableListText({ tables, total, next_cursor, unavailable }: TableList): string {
  const notes = unavailableLines(unavailable);
  if (tables.length === 0) return ['no tables fit', ...notes].join('\n');
  const rows = tables.map((table) => [
    table.schema,
    table.name,
    table.type,
    table.rows_estimate,
    sizeText(table.size_bytes),
    table.partitions,
    table.partition_of,
    table.rls ? 'on' : '',
    table.readable === false ? 'no' : '',
    table.comment,
  ]);
  const headings = [
    'schema',
    'name',
    'type',
    'rows',
    'size',
    'partitions',
    'partition_of',
    'rls',
    'readable',
    'comment',
  ];
  if (next_cursor !== null) {
    notes.push(`${tables.length} of ${total} shown; for more, call again with cursor "${next_cursor}"`);
  }
  return [...textTable(headings, rows), ...notes].join('\n');
}
