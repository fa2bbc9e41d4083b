import type { Engine } from '../../engine.ts';
import { numberOf, numberOrNull, textOf, textOrNull } from '../row.ts';

export interface RunningStatement {
  readonly queryid: string | null;
  readonly query: string;
  readonly queryLength: number;
  readonly role: string | null;
  readonly pid: number;
  readonly runningMs: number;
  readonly waitsFor: string | null;
}

/** query_id goes by JSON, since servers before 14 have no such column. */
const runningSql = `with others as (
  select a.*, a.query = '<insufficient privilege>' and a.state is null as is_hidden
  from pg_catalog.pg_stat_activity a
  where a.datname = pg_catalog.current_database() and a.pid <> pg_catalog.pg_backend_pid()
), totals as (
  select pg_catalog.count(*) filter (where others.is_hidden) as hidden from others
)
select totals.hidden, top.*
from totals
left join lateral (
  select pg_catalog.to_jsonb(o) ->> 'query_id' as queryid, pg_catalog.left(o.query, $3::int) as query,
    pg_catalog.length(o.query) as query_length, o.usename as role, o.pid,
    extract(epoch from pg_catalog.clock_timestamp() - o.query_start) * 1000 as running_ms,
    o.wait_event_type || ': ' || o.wait_event as waits_for, pg_catalog.count(*) over () as matched
  from others o
  where o.state in ('active', 'fastpath function call') and o.backend_type = 'client backend'
    and ($1::pg_catalog.text is null
      or pg_catalog.strpos(pg_catalog.lower(o.query), pg_catalog.lower($1::pg_catalog.text)) > 0)
  order by o.query_start
  limit $2::int
) top on true
order by top.running_ms desc`;

/** What runs on this database at this moment, the longest first, and how many sessions the role may not look into. One query. */
export async function readRunning(
  engine: Engine,
  filter: { readonly search: string | undefined; readonly limit: number; readonly queryCharacters: number },
  signal: AbortSignal,
): Promise<{ readonly statements: readonly RunningStatement[]; readonly matched: number; readonly hidden: number }> {
  const rows = await engine.catalog(runningSql, [filter.search ?? null, filter.limit, filter.queryCharacters], signal);
  const statements = rows
    .filter((row) => row.pid !== null)
    .map((row) => ({
      queryid: textOrNull(row, 'queryid'),
      query: textOf(row, 'query'),
      queryLength: numberOf(row, 'query_length'),
      role: textOrNull(row, 'role'),
      pid: numberOf(row, 'pid'),
      runningMs: Math.round(numberOrNull(row, 'running_ms') ?? 0),
      waitsFor: textOrNull(row, 'waits_for'),
    }));
  const [first] = rows;
  return { statements, matched: first ? numberOf(first, 'matched') : 0, hidden: first ? numberOf(first, 'hidden') : 0 };
}
