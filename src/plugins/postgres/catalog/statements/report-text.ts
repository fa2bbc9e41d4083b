import { shorten, sizeText, textTable, unavailableLines } from '../text-table.ts';
import type { StatementReport } from './report.ts';

const longestText = 300;

const headings = [
  'calls',
  'total_ms',
  'share%',
  'mean_ms',
  'stddev_ms',
  'rows',
  'hit%',
  'io',
  'temp',
  'wal',
  'running_ms',
  'pid',
  'waits_for',
  'role',
  'queryid',
  'query',
];

/** The statements as lines of a table, their texts on one line each and shorter than in the data. */
export function statementReportText(stats: StatementReport): string {
  const { source, order_by, queries, matched, stats_reset, dealloc, truncated, unavailable } = stats;
  const since = stats_reset === null ? '' : ` since ${stats_reset}`;
  const lost = dealloc ? `, ${dealloc} times rare ones were dropped` : '';
  const order =
    source === 'pg_stat_statements' ? `by ${order_by}${since}${lost}` : 'running now (pg_stat_activity), longest first';
  const rows = queries.map((query) => [
    query.calls,
    query.total_ms,
    query.share_pct,
    query.mean_ms,
    query.stddev_ms,
    query.rows,
    query.cache_hit_pct,
    sizeText(query.io_bytes),
    sizeText(query.temp_bytes),
    sizeText(query.wal_bytes),
    query.running_ms,
    query.pid,
    query.waits_for,
    query.role,
    query.queryid,
    query.query === null ? null : shorten(query.query.replaceAll(/\s+/g, ' '), longestText),
  ]);
  const lines = [`${queries.length} of ${matched} statements ${order}${truncated ? '; raise limit for more' : ''}`];
  if (rows.length > 0) lines.push(...textTable(headings, rows));
  if (rows.some((row) => String(row.at(-1)).endsWith('…'))) {
    lines.push('Texts that end in … are cut; execute_sql on the source by queryid has them whole.');
  }
  return [...lines, ...unavailableLines(unavailable)].join('\n');
}
