import * as v from 'valibot';
import { displayName } from '../identifier.ts';
import { lockedSizes } from '../locked-relations.ts';
import { type CatalogRow, flagOf, numberOf, numberOrNull, textOf, textOrNull } from '../row.ts';
import { storageOf } from '../storage-of.ts';
import { firstRows, type Section } from './section.ts';

const mostChildren = 100;

const strategies = { r: 'range', l: 'list', h: 'hash' } as const;

const Child = v.object({
  table: v.string(),
  bounds: v.pipe(v.nullable(v.string()), v.description('null for a child by plain inheritance.')),
  rows_estimate: v.nullable(v.number()),
  size_bytes: v.nullable(v.number()),
});

export const Partitions = v.object({
  strategy: v.optional(v.picklist(Object.values(strategies))),
  key: v.optional(v.string()),
  parents: v.pipe(v.array(v.string()), v.description('What it is a partition of, or inherits from.')),
  bounds: v.optional(v.pipe(v.string(), v.description('Its own bounds, where it is a partition.'))),
  children_total: v.number(),
  children: v.array(Child),
});
export type Partitions = v.InferOutput<typeof Partitions>;

const placeSql = `select p.partstrat as strategy, pg_catalog.pg_get_partkeydef(c.oid) as key,
  pg_catalog.pg_get_expr(c.relpartbound, c.oid) as bounds, pn.nspname as parent_schema, parent.relname as parent_name,
  (select pg_catalog.count(*) from pg_catalog.pg_inherits i where i.inhparent = c.oid) as children
from pg_catalog.pg_class c
left join pg_catalog.pg_partitioned_table p on p.partrelid = c.oid
left join pg_catalog.pg_inherits i on i.inhrelid = c.oid
left join pg_catalog.pg_class parent on parent.oid = i.inhparent
left join pg_catalog.pg_namespace pn on pn.oid = parent.relnamespace
where c.oid = $1::pg_catalog.oid
order by i.inhseqno`;

const childrenSql = `with recursive t as materialized (
  select c.*, n.nspname
  from pg_catalog.pg_inherits i
  join pg_catalog.pg_class c on c.oid = i.inhrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where i.inhparent = $1::pg_catalog.oid
  order by n.nspname, c.relname
  limit ${mostChildren + 1}
), ${storageOf}
select t.nspname as schema, t.relname as name, case when not exists (select from locked where locked.relation = t.oid)
    then pg_catalog.pg_get_expr(t.relpartbound, t.oid) end as bounds,
  storage.rows_estimate, storage.size_bytes, storage.size_locked
from t
left join storage on storage.root = t.oid
order by t.nspname, t.relname`;

/** Where a table stands in a tree of partitions or of inheritance; undefined where it stands in none. */
export const partitions: Section<Partitions | undefined> = {
  queries: [placeSql, childrenSql],
  waitsForLocks: true,
  read([places = [], children = []], notes) {
    const [place] = places;
    if (!place) return undefined;
    const strategy = textOrNull(place, 'strategy') as keyof typeof strategies | null;
    const bounds = textOrNull(place, 'bounds');
    const total = numberOf(place, 'children');
    const parents = places.flatMap((row) => {
      const name = textOrNull(row, 'parent_name');
      return name === null ? [] : [displayName(textOf(row, 'parent_schema'), name)];
    });
    if (strategy === null && parents.length === 0 && total === 0) return undefined;
    const rest = 'list_tables with include_partitions pages through all.';
    const shown = firstRows(notes, children, mostChildren, 'partitions.children', rest);
    const locked = shown.filter((row) => flagOf(row, 'size_locked')).map((row) => textOf(row, 'name'));
    notes.unavailable.push(...lockedSizes(locked));
    return {
      ...(strategy === null ? {} : { strategy: strategies[strategy], key: textOf(place, 'key') }),
      parents,
      ...(bounds === null ? {} : { bounds }),
      children_total: total,
      children: shown.map(child),
    };
  },
};

function child(row: CatalogRow): v.InferOutput<typeof Child> {
  return {
    table: displayName(textOf(row, 'schema'), textOf(row, 'name')),
    bounds: textOrNull(row, 'bounds'),
    rows_estimate: numberOrNull(row, 'rows_estimate'),
    size_bytes: numberOrNull(row, 'size_bytes'),
  };
}
