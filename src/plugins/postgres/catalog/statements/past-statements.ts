import { GatewayError } from '../../../../core/errors.ts';
import type { Engine } from '../../engine.ts';
import { quoteQualified } from '../identifier.ts';
import { type CatalogRow, instantOrNull, numberOf, numberOrNull, textOrNull } from '../row.ts';
import type { StatementSource } from './source.ts';

interface Statement {
  /** A 64-bit number, as text; null where the role may not see it. */
  readonly queryid: string | null;
  readonly query: string | null;
  /** Characters of the whole text. */
  readonly queryLength: number | null;
  readonly role: string | null;
  readonly calls: number;
  readonly totalMs: number;
  readonly sharePct: number | null;
  readonly meanMs: number;
  readonly stddevMs: number;
  readonly rows: number;
  readonly cacheHitPct: number | null;
  readonly ioBytes: number;
  readonly tempBytes: number;
  readonly walBytes: number | null;
}

export interface StatementList {
  readonly statements: readonly Statement[];
  /** How many fit the filters. */
  readonly matched: number;
  /** How many of this database are another role's, with text and id hidden. */
  readonly hidden: number;
  readonly statsReset: string | null;
  readonly dealloc: number | null;
}

/** The names that one figure has had in the extension's versions (1.8 renamed total_time, mean_time, stddev_time). */
const renamed = {
  total_ms: ['total_exec_time', 'total_time'],
  mean_ms: ['mean_exec_time', 'mean_time'],
  stddev_ms: ['stddev_exec_time', 'stddev_time'],
  wal_bytes: ['wal_bytes'],
} as const;

const orders = {
  total: 'total_ms',
  mean: 'mean_ms',
  calls: 'calls',
  rows: 'rows',
  io: 'io_blocks',
  temp: 'temp_blocks',
  wal: 'wal_bytes',
} as const;

type StatementOrder = keyof typeof orders;
export const statementOrders = ['total', 'mean', 'calls', 'rows', 'io', 'temp', 'wal'] as const;

/** Transaction control, settings, and what reads system catalogs: clients, pools and this gateway, not the application. */
const internalPatterns = [
  '^\\s*(begin|start transaction|commit|end|rollback|abort|savepoint|release|set|reset|show|discard|deallocate|listen|unlisten|close)\\M',
  '^\\s*select\\s+(\\$\\d+\\s*$|(current_setting|set_config|version|pg_is_in_recovery|pg_backend_pid|pg_stat_\\w+)\\s*\\()',
  '\\m(pg_catalog|information_schema)\\s*\\.',
  '\\m(from|join)\\s+pg_\\w',
];

function figure(source: StatementSource, name: keyof typeof renamed): string {
  const column = renamed[name].find((known) => source.columns.has(known));
  return column === undefined ? `null::numeric as ${name}` : `s.${column} as ${name}`;
}

function statementsSql(source: StatementSource, schema: string, order: StatementOrder): string {
  const info = quoteQualified(schema, 'pg_stat_statements_info');
  const reset = source.hasInfo
    ? `(select pg_catalog.to_json(i.stats_reset) #>> '{}' from ${info} i) as stats_reset, (select i.dealloc from ${info} i) as dealloc`
    : 'null as stats_reset, null as dealloc';
  return `with stored as (
  select s.queryid, s.query, s.userid, s.calls, s.rows, ${figure(source, 'total_ms')}, ${figure(source, 'mean_ms')},
    ${figure(source, 'stddev_ms')}, ${figure(source, 'wal_bytes')}, s.shared_blks_hit, s.shared_blks_read,
    s.shared_blks_read + s.shared_blks_written + s.local_blks_read + s.local_blks_written as io_blocks,
    s.temp_blks_read + s.temp_blks_written as temp_blocks
  from ${quoteQualified(schema, 'pg_stat_statements')} s
  where s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
), totals as (
  select pg_catalog.sum(stored.total_ms) as all_ms, pg_catalog.count(*) filter (where stored.queryid is null) as hidden, ${reset}
  from stored
)
select totals.hidden, totals.stats_reset, totals.dealloc, top.*, 100 * top.total_ms / nullif(totals.all_ms, 0) as share_pct,
  pg_catalog.pg_get_userbyid(top.userid) as role
from totals
left join lateral (
  select stored.queryid::pg_catalog.text as queryid, pg_catalog.left(stored.query, $5::int) as query,
    pg_catalog.length(stored.query) as query_length, stored.userid, stored.calls, stored.rows, stored.total_ms,
    stored.mean_ms, stored.stddev_ms, stored.wal_bytes, stored.shared_blks_hit as hit, stored.shared_blks_read as read,
    stored.io_blocks, stored.temp_blocks, pg_catalog.count(*) over () as matched
  from stored
  where stored.calls >= $1::bigint
    and ($2::pg_catalog.text is null
      or pg_catalog.strpos(pg_catalog.lower(stored.query), pg_catalog.lower($2::pg_catalog.text)) > 0)
    and (not $3::boolean or stored.query is null
      or not pg_catalog.left(stored.query, 4000) ~* any ('{${internalPatterns.map(arrayElement).join(',')}}'::pg_catalog.text[]))
  order by stored.${orders[order]} desc nulls last, stored.total_ms desc, stored.queryid
  limit $4::int
) top on true
order by top.${orders[order]} desc nulls last, top.total_ms desc, top.queryid`;
}

function arrayElement(text: string): string {
  return `"${text.replaceAll('\\', '\\\\')}"`;
}

export interface StatementFilter {
  readonly order: StatementOrder;
  readonly limit: number;
  readonly minCalls: number;
  readonly search: string | undefined;
  readonly excludeInternal: boolean;
  readonly queryCharacters: number;
}

/** The statements of this database, from the extension in its own schema. One query. */
export async function readStatements(
  engine: Engine,
  source: StatementSource,
  filter: StatementFilter,
  signal: AbortSignal,
): Promise<StatementList> {
  const { schema, blockBytes } = source;
  if (schema === undefined) throw new GatewayError('unsupported', 'pg_stat_statements is not installed.');
  const { minCalls, search = null, excludeInternal, limit, queryCharacters } = filter;
  const rows = await engine.catalog(
    statementsSql(source, schema, filter.order),
    [minCalls, search, excludeInternal, limit, queryCharacters],
    signal,
  );
  const [first] = rows;
  if (!first) throw new TypeError('an aggregate gave no row');
  return {
    statements: rows.filter((row) => row.calls !== null).map((row) => statementOf(row, blockBytes)),
    matched: numberOf(first, 'matched'),
    hidden: numberOf(first, 'hidden'),
    statsReset: instantOrNull(first, 'stats_reset'),
    dealloc: numberOrNull(first, 'dealloc'),
  };
}

function statementOf(row: CatalogRow, blockBytes: number): Statement {
  const hit = numberOf(row, 'hit');
  const blocks = hit + numberOf(row, 'read');
  return {
    queryid: textOrNull(row, 'queryid'),
    query: textOrNull(row, 'query'),
    queryLength: numberOrNull(row, 'query_length'),
    role: textOrNull(row, 'role'),
    calls: numberOf(row, 'calls'),
    totalMs: rounded(numberOf(row, 'total_ms'), 3),
    sharePct: roundedOrNull(numberOrNull(row, 'share_pct'), 2),
    meanMs: rounded(numberOf(row, 'mean_ms'), 3),
    stddevMs: rounded(numberOf(row, 'stddev_ms'), 3),
    rows: numberOf(row, 'rows'),
    cacheHitPct: blocks === 0 ? null : rounded((100 * hit) / blocks, 2),
    ioBytes: numberOf(row, 'io_blocks') * blockBytes,
    tempBytes: numberOf(row, 'temp_blocks') * blockBytes,
    walBytes: numberOrNull(row, 'wal_bytes'),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function roundedOrNull(value: number | null, digits: number): number | null {
  return value === null ? null : rounded(value, digits);
}
