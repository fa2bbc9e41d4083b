import type { Database } from '../../deps.ts';
import { isOfTheStatement } from '../failed-statement.ts';
import type { Unavailable } from '../unavailable.ts';
import { hiddenTexts, oldExtension, refused, untracked, whyNoStatements } from './gaps.ts';
import { readStatements, type StatementFilter } from './past-statements.ts';
import { queryCharacters, type ReportedStatement, type StatementReport } from './report.ts';
import { readRunning } from './running-statements.ts';
import { findStatementSource, type StatementSource } from './source.ts';

/** What the statements cost, from the extension; what is running, where that cannot be read, with the reason. Two queries. */
export async function reportStatements(
  database: Database,
  filter: StatementFilter,
  signal: AbortSignal,
): Promise<StatementReport> {
  const source = await findStatementSource(database, signal);
  const gap = whyNoStatements(source);
  if (gap) return running(database, source, filter, gap, signal);
  try {
    return await past(database, source, filter, signal);
  } catch (error) {
    // A view that looks readable may still refuse, as a hosted server's own version of it does.
    if (signal.aborted || !isOfTheStatement(error)) throw error;
    return running(database, source, filter, refused(error), signal);
  }
}

async function past(
  { engine }: Database,
  source: StatementSource,
  filter: StatementFilter,
  signal: AbortSignal,
): Promise<StatementReport> {
  const lacksWal = filter.order === 'wal' && !source.columns.has('wal_bytes');
  const order = lacksWal ? 'total' : filter.order;
  const list = await readStatements(engine, source, { ...filter, order }, signal);
  return {
    source: 'pg_stat_statements',
    order_by: order,
    queries: list.statements.map((statement) => ({
      queryid: statement.queryid,
      ...cut(statement.query, statement.queryLength),
      role: statement.role,
      calls: statement.calls,
      total_ms: statement.totalMs,
      share_pct: statement.sharePct,
      mean_ms: statement.meanMs,
      stddev_ms: statement.stddevMs,
      rows: statement.rows,
      cache_hit_pct: statement.cacheHitPct,
      io_bytes: statement.ioBytes,
      temp_bytes: statement.tempBytes,
      wal_bytes: statement.walBytes,
    })),
    matched: list.matched,
    truncated: list.matched > list.statements.length,
    stats_reset: list.statsReset,
    dealloc: list.dealloc,
    unavailable: [
      ...oldExtension(source),
      ...untracked(source),
      ...hiddenTexts(list.hidden, source.role, 'statements'),
    ],
  };
}

async function running(
  { engine }: Database,
  source: StatementSource,
  filter: StatementFilter,
  gap: Unavailable,
  signal: AbortSignal,
): Promise<StatementReport> {
  const list = await readRunning(engine, filter, signal);
  return {
    source: 'pg_stat_activity',
    order_by: 'running_time',
    queries: list.statements.map((statement) => ({
      queryid: statement.queryid,
      ...cut(statement.query, statement.queryLength),
      role: statement.role,
      ...notCounted,
      pid: statement.pid,
      running_ms: statement.runningMs,
      waits_for: statement.waitsFor,
    })),
    matched: list.matched,
    truncated: list.matched > list.statements.length,
    stats_reset: null,
    dealloc: null,
    unavailable: [gap, ...hiddenTexts(list.hidden, source.role, 'sessions')],
  };
}

const notCounted = {
  calls: null,
  total_ms: null,
  share_pct: null,
  mean_ms: null,
  stddev_ms: null,
  rows: null,
  cache_hit_pct: null,
  io_bytes: null,
  temp_bytes: null,
  wal_bytes: null,
};

/** A statement's text as far as it was read; `length` is that of the whole. */
function cut(query: string | null, length: number | null): Pick<ReportedStatement, 'query' | 'query_length'> {
  return {
    query: query === null ? null : withoutPasswords(query),
    ...(length !== null && length > queryCharacters ? { query_length: length } : {}),
  };
}

/** CREATE ROLE, CREATE USER MAPPING and connection strings are kept by the server with the password as it was typed. */
function withoutPasswords(query: string): string {
  return query
    .replaceAll(/(\bpassword\s+)e?'(?:[^'\\]|''|\\.)*'?/gi, "$1'***'")
    .replaceAll(/(\bpassword\s*=\s*)(?:''(?:[^']|'(?!'))*''|[^\s'&;]+)/gi, '$1***');
}
