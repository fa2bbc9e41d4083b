import * as v from 'valibot';
import { type CatalogRow, flagOf, listOf, textOf, textOrNull } from '../row.ts';
import type { Section } from './section.ts';

export const Constraint = v.object({
  name: v.string(),
  columns: v.array(v.string()),
  definition: v.string(),
  deferrable: v.optional(v.picklist(['initially immediate', 'initially deferred'])),
  validated: v.pipe(v.boolean(), v.description('false: rows from before it was added were not checked.')),
  comment: v.nullable(v.string()),
});
export type Constraint = v.InferOutput<typeof Constraint>;

export const Constraints = v.object({
  primary_key: v.nullable(Constraint),
  unique: v.array(Constraint),
  check: v.array(Constraint),
  exclusion: v.array(Constraint),
});
export type Constraints = v.InferOutput<typeof Constraints>;

const constraintsSql = `select c.conname as name, c.contype as kind, pg_catalog.pg_get_constraintdef(c.oid, true) as definition,
  (
    select pg_catalog.json_agg(a.attname order by k.place)
    from pg_catalog.unnest(c.conkey) with ordinality as k(attnum, place)
    join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
  ) as columns,
  c.condeferrable as deferrable, c.condeferred as deferred, c.convalidated as validated,
  pg_catalog.obj_description(c.oid, 'pg_constraint') as comment
from pg_catalog.pg_constraint c
where c.conrelid = $1::pg_catalog.oid and c.contype in ('p', 'u', 'c', 'x')
order by c.conname`;

/** Every constraint that is not a foreign key. NOT NULL is told with the columns. */
export const constraints: Section<Constraints> = {
  queries: [constraintsSql],
  waitsForLocks: true,
  read([rows = []]) {
    const of = (kind: string) => rows.filter((row) => row.kind === kind).map(constraint);
    return { primary_key: of('p')[0] ?? null, unique: of('u'), check: of('c'), exclusion: of('x') };
  },
};

function constraint(row: CatalogRow): Constraint {
  return {
    name: textOf(row, 'name'),
    columns: listOf(row, 'columns'),
    definition: textOf(row, 'definition'),
    ...deferral(flagOf(row, 'deferrable'), flagOf(row, 'deferred')),
    validated: flagOf(row, 'validated'),
    comment: textOrNull(row, 'comment'),
  };
}

/** When a deferrable constraint is checked; nothing for one that is always checked at once. */
export function deferral(
  deferrable: boolean,
  deferred: boolean,
): { deferrable?: 'initially immediate' | 'initially deferred' } {
  if (!deferrable) return {};
  return { deferrable: deferred ? 'initially deferred' : 'initially immediate' };
}
