import * as v from 'valibot';
import { Unavailable } from '../unavailable.ts';
import { statementOrders } from './past-statements.ts';

/** The longest text of a statement that is handed out. */
export const queryCharacters = 1000;

const ReportedStatement = v.object({
  queryid: v.pipe(v.nullable(v.string()), v.description('A 64-bit number as text.')),
  query: v.nullable(v.string()),
  query_length: v.optional(
    v.pipe(
      v.number(),
      v.description(
        `Characters of the whole text, where it was cut to ${queryCharacters}; execute_sql on the source by queryid has it whole.`,
      ),
    ),
  ),
  role: v.nullable(v.string()),
  calls: v.nullable(v.number()),
  total_ms: v.nullable(v.number()),
  share_pct: v.pipe(v.nullable(v.number()), v.description("Of all statements' time in this database.")),
  mean_ms: v.nullable(v.number()),
  stddev_ms: v.nullable(v.number()),
  rows: v.nullable(v.number()),
  cache_hit_pct: v.pipe(v.nullable(v.number()), v.description('Of shared blocks; null where none was touched.')),
  io_bytes: v.pipe(v.nullable(v.number()), v.description('Read into and written out of shared and local buffers.')),
  temp_bytes: v.pipe(v.nullable(v.number()), v.description('Spilled to temporary files, read and written.')),
  wal_bytes: v.nullable(v.number()),
  pid: v.optional(v.number()),
  running_ms: v.optional(
    v.pipe(v.number(), v.description('Only from pg_stat_activity: how long it has been running.')),
  ),
  waits_for: v.optional(v.nullable(v.string())),
});
export type ReportedStatement = v.InferOutput<typeof ReportedStatement>;

export const StatementReport = v.object({
  source: v.pipe(
    v.picklist(['pg_stat_statements', 'pg_stat_activity']),
    v.description(
      'pg_stat_activity: only what runs at this moment, as there is nothing better here; order_by, min_calls and exclude_internal do not apply.',
    ),
  ),
  order_by: v.picklist([...statementOrders, 'running_time']),
  queries: v.array(ReportedStatement),
  matched: v.pipe(v.number(), v.description('How many fit, beyond the limit too.')),
  truncated: v.boolean(),
  stats_reset: v.pipe(v.nullable(v.string()), v.description('When counting began.')),
  dealloc: v.pipe(v.nullable(v.number()), v.description('Times that rare statements were dropped to make room.')),
  unavailable: v.array(Unavailable),
});
export type StatementReport = v.InferOutput<typeof StatementReport>;
