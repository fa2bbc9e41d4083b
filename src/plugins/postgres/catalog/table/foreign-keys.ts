import * as v from 'valibot';
import { displayName } from '../identifier.ts';
import { type CatalogRow, flagOf, listOf, textOf } from '../row.ts';
import { deferral } from './constraints.ts';
import { firstRows, type Section } from './section.ts';

const mostIncoming = 200;

const Action = v.picklist(['no action', 'restrict', 'cascade', 'set null', 'set default']);

const ForeignKey = v.object({
  name: v.string(),
  table: v.pipe(v.string(), v.description('The referencing table.')),
  columns: v.array(v.string()),
  references: v.object({ table: v.string(), columns: v.array(v.string()) }),
  on_update: Action,
  on_delete: Action,
  match: v.picklist(['simple', 'full']),
  deferrable: v.optional(v.picklist(['initially immediate', 'initially deferred'])),
  validated: v.boolean(),
  enforced: v.optional(v.pipe(v.boolean(), v.description('false where it is NOT ENFORCED (PostgreSQL 18).'))),
});
export type ForeignKey = v.InferOutput<typeof ForeignKey>;

export const ForeignKeys = v.object({
  outgoing: v.pipe(v.array(ForeignKey), v.description('From this table; a self reference is in both lists.')),
  incoming: v.pipe(v.array(ForeignKey), v.description('From any table to this one.')),
});

const actions: Readonly<Record<string, v.InferOutput<typeof Action>>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

/**
 * A key between partitioned tables has a row in pg_constraint for each pair of partitions: of those to this table only
 * the one that was declared counts, and of those from this table only the one that is not made for the other's partitions.
 */
const foreignKeysSql = `select c.conname as name, c.conrelid = $1::pg_catalog.oid as is_out,
  c.confrelid = $1::pg_catalog.oid and c.conparentid = 0 as is_in,
  fn.nspname as from_schema, f.relname as from_table, tn.nspname as to_schema, t.relname as to_table,
  (
    select pg_catalog.json_agg(a.attname order by k.place)
    from pg_catalog.unnest(c.conkey) with ordinality as k(attnum, place)
    join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
  ) as from_columns,
  (
    select pg_catalog.json_agg(a.attname order by k.place)
    from pg_catalog.unnest(c.confkey) with ordinality as k(attnum, place)
    join pg_catalog.pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.attnum
  ) as to_columns,
  c.confupdtype as on_update, c.confdeltype as on_delete, c.confmatchtype as match,
  c.condeferrable as deferrable, c.condeferred as deferred, c.convalidated as validated,
  pg_catalog.to_jsonb(c) ->> 'conenforced' as enforced
from pg_catalog.pg_constraint c
join pg_catalog.pg_class f on f.oid = c.conrelid
join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
join pg_catalog.pg_class t on t.oid = c.confrelid
join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
left join pg_catalog.pg_constraint parent on parent.oid = c.conparentid
where c.contype = 'f'
  and (c.conrelid = $1::pg_catalog.oid and parent.conrelid is distinct from c.conrelid
    or c.confrelid = $1::pg_catalog.oid and c.conparentid = 0)
order by is_out desc, fn.nspname, f.relname, c.conname
limit 2000`;

/** The foreign keys from this table and to it. */
export const foreignKeys: Section<v.InferOutput<typeof ForeignKeys>> = {
  queries: [foreignKeysSql],
  waitsForLocks: false,
  read([rows = []], notes) {
    const incoming = firstRows(
      notes,
      rows.filter((row) => flagOf(row, 'is_in')),
      mostIncoming,
      'foreign_keys.incoming',
      'The rest is in pg_constraint, by confrelid.',
    );
    const outgoing = rows.filter((row) => flagOf(row, 'is_out'));
    return { outgoing: outgoing.map(foreignKey), incoming: incoming.map(foreignKey) };
  },
};

function foreignKey(row: CatalogRow): ForeignKey {
  return {
    name: textOf(row, 'name'),
    table: displayName(textOf(row, 'from_schema'), textOf(row, 'from_table')),
    columns: listOf(row, 'from_columns'),
    references: {
      table: displayName(textOf(row, 'to_schema'), textOf(row, 'to_table')),
      columns: listOf(row, 'to_columns'),
    },
    on_update: actions[textOf(row, 'on_update')] ?? 'no action',
    on_delete: actions[textOf(row, 'on_delete')] ?? 'no action',
    match: row.match === 'f' ? 'full' : 'simple',
    ...deferral(flagOf(row, 'deferrable'), flagOf(row, 'deferred')),
    validated: flagOf(row, 'validated'),
    ...(row.enforced === 'false' ? { enforced: false } : {}),
  };
}
