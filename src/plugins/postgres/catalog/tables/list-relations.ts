import type { Engine } from '../../engine.ts';
import { type RelationKind, relationKind, relationKindNames, relationKinds } from '../relation-kind.ts';
import { flagOf, numberOf, numberOrNull, textOf, textOrNull } from '../row.ts';
import { storageOf } from '../storage-of.ts';

/** Which relations to list. They come in the order of schema and name, byte by byte, which is also the cursor's. */
export interface TableFilter {
  /** Every schema but the system's where absent. */
  readonly schema: string | undefined;
  /** An SQL LIKE pattern on the name, without regard to case. */
  readonly pattern: string | undefined;
  readonly kinds: readonly RelationKind[] | undefined;
  readonly partitions: boolean;
  /** Also estimates, sizes and comments, which cost the server more than the names. */
  readonly summary: boolean;
  readonly limit: number;
  readonly after: { readonly schema: string; readonly name: string } | undefined;
}

export interface ListedTable {
  readonly schema: string;
  readonly name: string;
  readonly kind: RelationKind;
  readonly parent: { readonly schema: string; readonly name: string } | undefined;
  readonly rowsEstimate: number | null;
  readonly sizeBytes: number | null;
  /** Another session holds or awaits ACCESS EXCLUSIVE, so the size is not known. */
  readonly sizeLocked: boolean;
  readonly partitions: number | null;
  readonly rowSecurity: boolean;
  readonly readable: boolean;
  /** The first 301 characters at most. */
  readonly comment: string | null;
}

const listSql = `with recursive matching as materialized (
  select c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.relrowsecurity, n.oid as namespace
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind::pg_catalog.text = any ($1::pg_catalog.text[])
    and case when $2::pg_catalog.text is null
      then not pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_') and n.nspname <> 'information_schema'
      else n.nspname = $2::pg_catalog.text end
    and ($3::pg_catalog.text is null
      or (c.relname::pg_catalog.text collate pg_catalog."default") ilike $3::pg_catalog.text)
    and ($4::boolean or not c.relispartition)
), page as materialized (
  select *
  from matching m
  where $5::pg_catalog.text is null
    or (m.nspname, m.relname) > ($5::pg_catalog.text::pg_catalog.name, $6::pg_catalog.text::pg_catalog.name)
  order by m.nspname, m.relname
  limit $7::int
), t as (
  select page.oid, page.relkind from page where $8::boolean
), ${storageOf}
select page.nspname as schema, page.relname as name, page.relkind as kind, pn.nspname as parent_schema,
  parent.relname as parent_name, (select pg_catalog.count(*) from matching) as total,
  storage.rows_estimate, storage.size_bytes, storage.size_locked, case when page.relkind = 'p' then coalesce(storage.partitions, 0) end as partitions,
  page.relrowsecurity as row_security,
  case when $8::boolean then pg_catalog.has_schema_privilege(page.namespace, 'USAGE')
    and pg_catalog.has_any_column_privilege(page.oid, 'SELECT') end as readable,
  case when $8::boolean then pg_catalog.left(pg_catalog.obj_description(page.oid, 'pg_class'), 301) end as comment
from page
left join pg_catalog.pg_inherits i on i.inhrelid = page.oid and page.relispartition
left join pg_catalog.pg_class parent on parent.oid = i.inhparent
left join pg_catalog.pg_namespace pn on pn.oid = parent.relnamespace
left join storage on storage.root = page.oid
order by page.nspname, page.relname`;

/** One page of relations, and how many the filter fits in all. One query. */
export async function listRelations(
  engine: Engine,
  filter: TableFilter,
  signal: AbortSignal,
): Promise<{ readonly tables: readonly ListedTable[]; readonly total: number }> {
  const kinds = (filter.kinds ?? relationKindNames).map((kind) => relationKinds[kind]);
  const { schema = null, pattern = null, after, partitions, limit, summary } = filter;
  const rows = await engine.catalog(
    listSql,
    [kinds, schema, pattern, partitions, after?.schema ?? null, after?.name ?? null, limit, summary],
    signal,
  );
  const tables = rows.map((row) => {
    const parent = textOrNull(row, 'parent_schema');
    return {
      schema: textOf(row, 'schema'),
      name: textOf(row, 'name'),
      kind: relationKind(textOf(row, 'kind')) ?? 'table',
      parent: parent === null ? undefined : { schema: parent, name: textOf(row, 'parent_name') },
      rowsEstimate: numberOrNull(row, 'rows_estimate'),
      sizeBytes: numberOrNull(row, 'size_bytes'),
      sizeLocked: flagOf(row, 'size_locked'),
      partitions: numberOrNull(row, 'partitions'),
      rowSecurity: flagOf(row, 'row_security'),
      readable: flagOf(row, 'readable'),
      comment: textOrNull(row, 'comment'),
    };
  });
  const [first] = rows;
  return { tables, total: first ? numberOf(first, 'total') : 0 };
}
