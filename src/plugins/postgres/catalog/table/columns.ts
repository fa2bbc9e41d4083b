import * as v from 'valibot';
import { displayName } from '../identifier.ts';
import { lockedFix, lockedRelations, lockedWhy } from '../locked-relations.ts';
import { type CatalogRow, flagOf, listOf, numberOf, textOf, textOrNull } from '../row.ts';
import type { Section } from './section.ts';

const mostEnumValues = 100;

export const Column = v.object({
  name: v.string(),
  type: v.string(),
  nullable: v.boolean(),
  default: v.nullable(v.string()),
  identity: v.optional(v.picklist(['always', 'by default'])),
  generated: v.optional(
    v.object({ kind: v.picklist(['stored', 'virtual']), expression: v.pipe(v.nullable(v.string())) }),
  ),
  sequence: v.optional(v.pipe(v.string(), v.description('The sequence that an identity or serial column owns.'))),
  domain_of: v.optional(v.pipe(v.string(), v.description("The base type, where the column's type is a domain."))),
  enum_values: v.optional(v.array(v.string())),
  collation: v.optional(v.pipe(v.string(), v.description("Where it is not the type's own."))),
  readable: v.optional(v.pipe(v.boolean(), v.description('false where the role may not SELECT this column.'))),
  comment: v.nullable(v.string()),
});
export type Column = v.InferOutput<typeof Column>;

/** An enum may hide below domains and arrays of domains, so the type is followed down to its base. */
const columnsSql = `with ${lockedRelations}
select a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
  not a.attnotnull as nullable, a.attidentity as identity, a.attgenerated as generated,
  case when not exists (select from locked where locked.relation = a.attrelid)
    then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as expression,
  case when t.typtype = 'd' then pg_catalog.format_type(t.typbasetype, t.typtypmod) end as domain_of,
  case when a.attcollation <> t.typcollation then cn.nspname end as collation_schema, co.collname as collation,
  pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT') as readable,
  owned.schema as sequence_schema, owned.name as sequence,
  enum.labels, enum.total as labels_total,
  pg_catalog.left(pg_catalog.col_description(a.attrelid, a.attnum), 4001) as comment
from pg_catalog.pg_attribute a
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
left join pg_catalog.pg_collation co on co.oid = a.attcollation
left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
left join lateral (
  select sn.nspname as schema, s.relname as name
  from pg_catalog.pg_depend dep
  join pg_catalog.pg_class s on s.oid = dep.objid and s.relkind = 'S'
  join pg_catalog.pg_namespace sn on sn.oid = s.relnamespace
  where dep.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and dep.refclassid = dep.classid
    and dep.refobjid = a.attrelid and dep.refobjsubid = a.attnum and dep.deptype in ('a', 'i')
  limit 1
) owned on true
left join lateral (
  with recursive base(oid) as (
    select a.atttypid
    union
    select case when b.typtype = 'd' then b.typbasetype else b.typelem end
    from base join pg_catalog.pg_type b on b.oid = base.oid
    where b.typtype = 'd' or (b.typcategory = 'A' and b.typelem <> 0)
  )
  select pg_catalog.json_agg(e.enumlabel order by e.enumsortorder) filter (where e.place <= ${mostEnumValues}) as labels,
    pg_catalog.count(*) as total
  from (
    select l.enumlabel, l.enumsortorder, pg_catalog.row_number() over (order by l.enumsortorder) as place
    from base join pg_catalog.pg_enum l on l.enumtypid = base.oid
  ) e
) enum on true
where a.attrelid = $1::pg_catalog.oid and a.attnum > 0 and not a.attisdropped
order by a.attnum`;

export const columns: Section<Column[]> = {
  queries: [columnsSql],
  waitsForLocks: false,
  read([rows = []], { cuts, table, unavailable }) {
    if (table.lockedBy !== undefined) {
      const what = 'columns[].default and columns[].generated.expression';
      unavailable.push({ what, why: lockedWhy(table.lockedBy), fix: lockedFix });
    }
    return rows.map((row) => {
      const total = numberOf(row, 'labels_total');
      if (total > mostEnumValues) {
        cuts.push(
          `enum_values of column ${textOf(row, 'name')}: the first ${mostEnumValues} of ${total}. The rest is in pg_enum.`,
        );
      }
      return column(row);
    });
  },
};

function column(row: CatalogRow): Column {
  const generated = row.generated;
  const identity = row.identity;
  const expression = textOrNull(row, 'expression');
  const sequence = textOrNull(row, 'sequence');
  const domain = textOrNull(row, 'domain_of');
  const values = listOf(row, 'labels');
  const collation = textOrNull(row, 'collation_schema');
  return {
    name: textOf(row, 'name'),
    type: textOf(row, 'type'),
    nullable: flagOf(row, 'nullable'),
    default: generated ? null : expression,
    ...(identity ? { identity: identity === 'a' ? 'always' : 'by default' } : {}),
    ...(generated ? { generated: { kind: generated === 'v' ? 'virtual' : 'stored', expression } } : {}),
    ...(sequence === null ? {} : { sequence: displayName(textOf(row, 'sequence_schema'), sequence) }),
    ...(domain === null ? {} : { domain_of: domain }),
    ...(values.length === 0 ? {} : { enum_values: values }),
    ...(collation === null ? {} : { collation: displayName(collation, textOf(row, 'collation')) }),
    ...(flagOf(row, 'readable') ? {} : { readable: false }),
    comment: textOrNull(row, 'comment'),
  };
}
