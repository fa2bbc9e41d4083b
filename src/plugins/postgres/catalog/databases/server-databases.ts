import type { Engine } from '../../engine.ts';
import { type CatalogRow, flagOf, numberOf, numberOrNull, textOf, textOrNull } from '../row.ts';

export interface ServerDatabase {
  readonly name: string;
  readonly owner: string;
  readonly encoding: string;
  readonly sizeBytes: number | null;
  /** Why there is no size though one was asked for. */
  readonly sizeDenied: boolean;
  readonly connections: number | null;
  readonly xidAge: number;
  readonly isCurrent: boolean;
  readonly reachable: boolean;
  readonly comment: string | null;
}

export interface ServerView {
  readonly version: string;
  readonly role: string;
  readonly databases: readonly ServerDatabase[];
  /** How many databases there are beyond the limit. */
  readonly left: number;
}

/** Sizes are asked only of the databases whose size this role may know: pg_database_size raises an error otherwise. */
const listSql = `select d.datname as name, pg_catalog.pg_get_userbyid(d.datdba) as owner,
  pg_catalog.pg_encoding_to_char(d.encoding) as encoding,
  case when $1::boolean and access.may_size then pg_catalog.pg_database_size(d.oid) end as size_bytes,
  $1::boolean and not access.may_size as size_denied,
  s.numbackends as connections, pg_catalog.age(d.datfrozenxid) as xid_age,
  d.datname = pg_catalog.current_database() as is_current,
  d.datallowconn and d.datconnlimit <> -2 and access.may_connect as reachable,
  pg_catalog.left(pg_catalog.shobj_description(d.oid, 'pg_database'), 301) as comment,
  pg_catalog.current_setting('server_version') as version, current_user as role,
  pg_catalog.count(*) over () as total
from pg_catalog.pg_database d
left join pg_catalog.pg_stat_database s on s.datid = d.oid
cross join lateral (
  select pg_catalog.has_database_privilege(d.oid, 'CONNECT') as may_connect,
    d.datconnlimit <> -2 and (pg_catalog.has_database_privilege(d.oid, 'CONNECT')
      or pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')) as may_size
) access
where $2::boolean or not d.datistemplate or d.datname = pg_catalog.current_database()
order by d.datname = pg_catalog.current_database() desc, d.datname
limit $3::int`;

/** The databases of the server behind an engine, the connected one first. One query; sizes make it as slow as its files are many. */
export async function readServer(
  engine: Engine,
  ask: { readonly sizes: boolean; readonly templates: boolean; readonly limit: number },
  signal: AbortSignal,
): Promise<ServerView> {
  const rows = await engine.catalog(listSql, [ask.sizes, ask.templates, ask.limit], signal);
  const [first] = rows;
  if (!first) throw new TypeError('pg_database does not hold the database of its own connection');
  return {
    version: textOf(first, 'version'),
    role: textOf(first, 'role'),
    databases: rows.map(serverDatabase),
    left: numberOf(first, 'total') - rows.length,
  };
}

function serverDatabase(row: CatalogRow): ServerDatabase {
  return {
    name: textOf(row, 'name'),
    owner: textOf(row, 'owner'),
    encoding: textOf(row, 'encoding'),
    sizeBytes: numberOrNull(row, 'size_bytes'),
    sizeDenied: flagOf(row, 'size_denied'),
    connections: numberOrNull(row, 'connections'),
    xidAge: numberOf(row, 'xid_age'),
    isCurrent: flagOf(row, 'is_current'),
    reachable: flagOf(row, 'reachable'),
    comment: textOrNull(row, 'comment'),
  };
}
