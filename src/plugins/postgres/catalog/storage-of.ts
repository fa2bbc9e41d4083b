import { lockedRelations } from './locked-relations.ts';

/** The planner's row count; NULL where it is not known: never analysed is -1 since PostgreSQL 14, 0 rows on 0 pages before. */
const rowsEstimate = `case
    when c.reltuples < 0 then null
    when c.reltuples = 0 and c.relpages = 0
      and pg_catalog.current_setting('server_version_num')::int < 140000 then null
    else c.reltuples::bigint end`;

/**
 * CTEs, for `WITH RECURSIVE` and behind a CTE `t` of relations (oid, relkind): `storage` has rows_estimate, size_bytes,
 * indexes_bytes, size_locked and partitions of each `root` among them. A partitioned table has what its leaf partitions have
 * together; a view has no row there, a foreign table and one that is locked no size.
 */
export const storageOf = `${lockedRelations}, tree(root, oid, is_partitioned) as (
  select t.oid, t.oid, t.relkind = 'p' from t
  union all
  select tree.root, i.inhrelid, true
  from tree
  join pg_catalog.pg_inherits i on i.inhparent = tree.oid
  where tree.is_partitioned
), leaf as materialized (
  select tree.root, tree.is_partitioned, c.oid, c.relkind, ${rowsEstimate} as rows,
    c.relkind <> 'f' and exists (
      select from locked
      left join pg_catalog.pg_index x on x.indexrelid = locked.relation
      where locked.relation = c.oid or locked.relation = c.reltoastrelid or x.indrelid = c.oid
    ) as is_locked
  from tree
  join pg_catalog.pg_class c on c.oid = tree.oid
  where c.relkind in ('r', 'm', 'f')
), storage as (
  select leaf.root, pg_catalog.sum(leaf.rows)::bigint as rows_estimate,
    pg_catalog.bool_or(leaf.is_locked) as size_locked,
    case when not pg_catalog.bool_or(leaf.is_locked) then pg_catalog.sum(
      case when leaf.relkind <> 'f' and not leaf.is_locked then pg_catalog.pg_total_relation_size(leaf.oid) end
    )::bigint end as size_bytes,
    case when not pg_catalog.bool_or(leaf.is_locked) then pg_catalog.sum(
      case when leaf.relkind <> 'f' and not leaf.is_locked then pg_catalog.pg_indexes_size(leaf.oid) end
    )::bigint end as indexes_bytes,
    pg_catalog.count(*) filter (where leaf.is_partitioned) as partitions
  from leaf
  group by leaf.root
)`;
