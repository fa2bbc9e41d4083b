import type { Database } from '../../deps.ts';
import { flagOf, listOf, numberOf, textOrNull } from '../row.ts';

/** What there is to read statement statistics from, and what this role may see of it. */
export interface StatementSource {
  /** Where the extension's views are; undefined where it is not created in this database. */
  readonly schema: string | undefined;
  /** The columns of pg_stat_statements, which differ by the extension's version, not the server's. */
  readonly columns: ReadonlySet<string>;
  /** Whether there is pg_stat_statements_info (extension 1.9 and later). */
  readonly hasInfo: boolean;
  /** Whether the library was loaded at the server's start: without it the view only raises an error. */
  readonly loaded: boolean;
  /** Whether the role may read the view at all. */
  readonly permitted: boolean;
  /** Whether it sees the texts of other roles' statements. */
  readonly seesAll: boolean;
  /** Whether the extension's files are on the server. */
  readonly installable: boolean;
  /** shared_preload_libraries, where the role may know it. */
  readonly preloaded: string | undefined;
  /** pg_stat_statements.track: none, top or all. */
  readonly track: string | undefined;
  readonly blockBytes: number;
  readonly role: string;
}

const sourceSql = `select n.nspname as schema,
  (
    select pg_catalog.json_agg(a.attname)
    from pg_catalog.pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ) as columns,
  exists (
    select from pg_catalog.pg_class i where i.relnamespace = n.oid and i.relname = 'pg_stat_statements_info'
  ) as has_info,
  exists (select from pg_catalog.pg_settings s where s.name = 'pg_stat_statements.max') as loaded,
  coalesce(pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_table_privilege(c.oid, 'SELECT'), false) as permitted,
  pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') as sees_all,
  exists (select from pg_catalog.pg_available_extensions x where x.name = 'pg_stat_statements') as installable,
  (select s.setting from pg_catalog.pg_settings s where s.name = 'shared_preload_libraries') as preloaded,
  (select s.setting from pg_catalog.pg_settings s where s.name = 'pg_stat_statements.track') as track,
  pg_catalog.current_setting('block_size') as block_bytes, current_user as role
from (values (1)) one
left join pg_catalog.pg_extension e on e.extname = 'pg_stat_statements'
left join pg_catalog.pg_namespace n on n.oid = e.extnamespace
left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = 'pg_stat_statements'`;

/** One query. */
export async function findStatementSource({ engine }: Database, signal: AbortSignal): Promise<StatementSource> {
  const [row] = await engine.catalog(sourceSql, [], signal);
  if (!row) throw new TypeError('a query of one row gave none');
  return {
    schema: textOrNull(row, 'schema') ?? undefined,
    columns: new Set(listOf(row, 'columns')),
    hasInfo: flagOf(row, 'has_info'),
    loaded: flagOf(row, 'loaded'),
    permitted: flagOf(row, 'permitted'),
    seesAll: flagOf(row, 'sees_all'),
    installable: flagOf(row, 'installable'),
    preloaded: textOrNull(row, 'preloaded') ?? undefined,
    track: textOrNull(row, 'track') ?? undefined,
    blockBytes: numberOf(row, 'block_bytes'),
    role: textOrNull(row, 'role') ?? '',
  };
}
