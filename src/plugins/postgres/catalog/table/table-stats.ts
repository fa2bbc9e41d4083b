import * as v from 'valibot';
import { quoteQualified } from '../identifier.ts';
import { type CatalogRow, flagOf, instantOrNull, numberOf, numberOrNull, textOf } from '../row.ts';
import type { Section, SectionNotes } from './section.ts';

const Count = v.nullable(v.number());
const Time = v.nullable(v.string());

const Counters = v.object({
  live_rows: Count,
  dead_rows: Count,
  modified_since_analyze: Count,
  seq_scans: Count,
  index_scans: Count,
  inserted: Count,
  updated: Count,
  deleted: Count,
  last_seq_scan: v.optional(Time),
  last_vacuum: Time,
  last_autovacuum: Time,
  last_analyze: Time,
  last_autoanalyze: Time,
});

export const TableStats = v.object({
  counters: v.optional(v.pipe(Counters, v.description('Of a partitioned table: over all its leaf partitions.'))),
  columns: v.array(
    v.object({
      name: v.string(),
      null_frac: v.number(),
      n_distinct: v.pipe(
        v.number(),
        v.description('Distinct values; negative: minus their number as a fraction of the rows.'),
      ),
      avg_width: v.number(),
      correlation: v.pipe(v.nullable(v.number()), v.description('Of physical and value order, -1 to 1.')),
    }),
  ),
});
export type TableStats = v.InferOutput<typeof TableStats>;

/** A time as ISO 8601, whatever the session's DateStyle. */
const iso = (expression: string) => `pg_catalog.to_json(${expression}) #>> '{}'`;

/** last_seq_scan goes by JSON, since servers before 16 have no such column. */
const countersSql = `with recursive tree(oid, relkind) as (
  select c.oid, c.relkind from pg_catalog.pg_class c where c.oid = $1::pg_catalog.oid
  union all
  select c.oid, c.relkind
  from tree
  join pg_catalog.pg_inherits i on i.inhparent = tree.oid and tree.relkind = 'p'
  join pg_catalog.pg_class c on c.oid = i.inhrelid
)
select pg_catalog.count(s.relid) as counted,
  pg_catalog.sum(s.n_live_tup) as live_rows, pg_catalog.sum(s.n_dead_tup) as dead_rows,
  pg_catalog.sum(s.n_mod_since_analyze) as modified_since_analyze,
  pg_catalog.sum(s.seq_scan) as seq_scans, pg_catalog.sum(s.idx_scan) as index_scans,
  pg_catalog.sum(s.n_tup_ins) as inserted, pg_catalog.sum(s.n_tup_upd) as updated, pg_catalog.sum(s.n_tup_del) as deleted,
  ${iso(`pg_catalog.max((pg_catalog.to_jsonb(s) ->> 'last_seq_scan')::timestamp with time zone)`)} as last_seq_scan,
  ${iso('pg_catalog.max(s.last_vacuum)')} as last_vacuum,
  ${iso('pg_catalog.max(s.last_autovacuum)')} as last_autovacuum,
  ${iso('pg_catalog.max(s.last_analyze)')} as last_analyze,
  ${iso('pg_catalog.max(s.last_autoanalyze)')} as last_autoanalyze,
  pg_catalog.row_security_active($1::pg_catalog.oid) as row_security,
  (
    select pg_catalog.count(*) from pg_catalog.pg_attribute a
    where a.attrelid = $1::pg_catalog.oid and a.attnum > 0 and not a.attisdropped
      and not pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
  ) as hidden_columns
from tree
left join pg_catalog.pg_stat_all_tables s on s.relid = tree.oid and tree.relkind <> 'p'`;

/** The view leaves out columns that the role may not SELECT, and all columns where row level security binds the role. */
const columnsSql = `select s.attname as name, s.null_frac, s.n_distinct, s.avg_width, s.correlation
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = s.attname
where c.oid = $1::pg_catalog.oid and s.inherited = (c.relkind = 'p')
order by a.attnum`;

/** What the server counted and sampled of a table. */
export const tableStats: Section<TableStats> = {
  queries: [countersSql, columnsSql],
  waitsForLocks: false,
  read([totals = [], columns = []], notes) {
    const [row] = totals;
    if (!row) throw new TypeError('an aggregate gave no row');
    const counted = numberOf(row, 'counted') > 0;
    sayWhatIsMissing(notes, row, columns.length);
    return {
      ...(counted ? { counters: countersOf(row, notes.version >= 160000) } : {}),
      columns: columns.map((column) => ({
        name: textOf(column, 'name'),
        null_frac: numberOf(column, 'null_frac'),
        n_distinct: numberOf(column, 'n_distinct'),
        avg_width: numberOf(column, 'avg_width'),
        correlation: numberOrNull(column, 'correlation'),
      })),
    };
  },
};

function countersOf(row: CatalogRow, hasLastScan: boolean): v.InferOutput<typeof Counters> {
  return {
    live_rows: numberOrNull(row, 'live_rows'),
    dead_rows: numberOrNull(row, 'dead_rows'),
    modified_since_analyze: numberOrNull(row, 'modified_since_analyze'),
    seq_scans: numberOrNull(row, 'seq_scans'),
    index_scans: numberOrNull(row, 'index_scans'),
    inserted: numberOrNull(row, 'inserted'),
    updated: numberOrNull(row, 'updated'),
    deleted: numberOrNull(row, 'deleted'),
    ...(hasLastScan ? { last_seq_scan: instantOrNull(row, 'last_seq_scan') } : {}),
    last_vacuum: instantOrNull(row, 'last_vacuum'),
    last_autovacuum: instantOrNull(row, 'last_autovacuum'),
    last_analyze: instantOrNull(row, 'last_analyze'),
    last_autoanalyze: instantOrNull(row, 'last_autoanalyze'),
  };
}

function sayWhatIsMissing({ table, version, unavailable }: SectionNotes, row: CatalogRow, columns: number): void {
  const name = quoteQualified(table.schema, table.name);
  if (table.kind === 'view') {
    unavailable.push({
      what: 'stats',
      why: 'A view stores no rows, so the server counts and samples nothing of it.',
      fix: 'Ask for the tables that it reads; include ["ddl"] shows them.',
    });
    return;
  }
  if (table.kind === 'foreign_table') {
    unavailable.push({
      what: 'stats.counters',
      why: 'The rows of a foreign table are on another server, which counts them.',
      fix: 'Ask that server.',
    });
  } else if (version < 160000) {
    unavailable.push({
      what: 'stats.counters.last_seq_scan',
      why: 'The server keeps the time of the last scan from PostgreSQL 16 on.',
      fix: 'Compare seq_scans over time, or upgrade the server.',
    });
  }
  if (flagOf(row, 'row_security') || numberOf(row, 'hidden_columns') > 0) {
    unavailable.push({
      what: columns > 0 ? 'stats.columns of some columns' : 'stats.columns',
      why: flagOf(row, 'row_security')
        ? 'Row level security binds this role, and the server then hides what it sampled.'
        : 'The server shows samples only of columns that the role may SELECT.',
      fix: `Use a role that may SELECT all of ${name}, and that has BYPASSRLS where policies apply.`,
    });
  } else if (columns === 0 && row.last_analyze === null && row.last_autoanalyze === null) {
    unavailable.push({ what: 'stats.columns', why: 'The table was never analysed.', fix: `ANALYZE ${name};` });
  }
}
