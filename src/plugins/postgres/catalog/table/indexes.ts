import * as v from 'valibot';
import { lockedRelations, lockedSizes } from '../locked-relations.ts';
import { flagOf, instantOrNull, numberOrNull, textOf, textOrNull } from '../row.ts';
import type { Section } from './section.ts';

export const Index = v.object({
  name: v.string(),
  definition: v.string(),
  unique: v.boolean(),
  primary: v.boolean(),
  valid: v.pipe(v.boolean(), v.description('false: left by a failed or running CREATE INDEX CONCURRENTLY; not used.')),
  size_bytes: v.nullable(v.number()),
  scans: v.pipe(v.nullable(v.number()), v.description('Since counters_since; on this server, not on its replicas.')),
  last_scan: v.optional(v.pipe(v.nullable(v.string()), v.description('PostgreSQL 16 and later.'))),
  comment: v.nullable(v.string()),
});
export type Index = v.InferOutput<typeof Index>;

/** A partitioned index stores nothing and is never scanned itself; its size and scans are not known, rather than 0. */
const indexesSql = `with ${lockedRelations}
select i.relname as name, pg_catalog.pg_get_indexdef(x.indexrelid) as definition, x.indisunique as is_unique,
  x.indisprimary as is_primary, x.indisvalid and x.indisready and x.indislive as valid,
  exists (select from locked where locked.relation = x.indexrelid) as size_locked,
  case when i.relkind = 'i' and not exists (select from locked where locked.relation = x.indexrelid)
    then pg_catalog.pg_relation_size(x.indexrelid) end as size_bytes,
  case when i.relkind = 'i' then pg_catalog.to_jsonb(s) ->> 'idx_scan' end as scans,
  case when i.relkind = 'i' then pg_catalog.to_jsonb(s) ->> 'last_idx_scan' end as last_scan,
  pg_catalog.obj_description(x.indexrelid, 'pg_class') as comment
from pg_catalog.pg_index x
join pg_catalog.pg_class i on i.oid = x.indexrelid
left join pg_catalog.pg_stat_all_indexes s on s.indexrelid = x.indexrelid
where x.indrelid = $1::pg_catalog.oid
order by x.indisprimary desc, i.relname`;

export const indexes: Section<Index[]> = {
  queries: [indexesSql],
  waitsForLocks: true,
  read([rows = []], { version, unavailable }) {
    const hasLastScan = version >= 160000;
    if (!hasLastScan && rows.length > 0) {
      unavailable.push({
        what: 'indexes[].last_scan',
        why: 'The server keeps the time of the last index scan from PostgreSQL 16 on.',
        fix: 'Compare scans over time, or upgrade the server.',
      });
    }
    const locked = rows.filter((row) => flagOf(row, 'size_locked')).map((row) => textOf(row, 'name'));
    unavailable.push(...lockedSizes(locked));
    return rows.map((row) => ({
      name: textOf(row, 'name'),
      definition: textOf(row, 'definition'),
      unique: flagOf(row, 'is_unique'),
      primary: flagOf(row, 'is_primary'),
      valid: flagOf(row, 'valid'),
      size_bytes: numberOrNull(row, 'size_bytes'),
      scans: numberOrNull(row, 'scans'),
      ...(hasLastScan ? { last_scan: instantOrNull(row, 'last_scan') } : {}),
      comment: textOrNull(row, 'comment'),
    }));
  },
};
