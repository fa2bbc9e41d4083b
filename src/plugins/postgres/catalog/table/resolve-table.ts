import { GatewayError } from '../../../../core/errors.ts';
import type { Database } from '../../deps.ts';
import { displayName } from '../identifier.ts';
import { nearestRelations } from '../nearest-names.ts';
import { type RelationKind, relationKind } from '../relation-kind.ts';
import { type CatalogRow, flagOf, numberOf, textOf, textOrNull } from '../row.ts';
import { nameCandidates, splitName } from './table-name.ts';

/** One table or view, found: what every further catalog query goes by. */
export interface TableRef {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: RelationKind;
  /** The process that holds or awaits ACCESS EXCLUSIVE on it, so that whatever else reads it waits; undefined for none. */
  readonly lockedBy: string | undefined;
}

/** `t.name` in the cast to name is cut to 63 bytes, as the server does with every identifier. */
const resolveSql = `select c.oid, n.nspname as schema, c.relname as name, c.relkind as kind, wanted.place,
  pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_') or n.nspname = 'information_schema' as is_system,
  on_table.relname as table_name, on_schema.nspname as table_schema,
  (
    select coalesce('process ' || l.pid::pg_catalog.text, 'a prepared transaction')
    from pg_catalog.pg_locks l
    where l.relation = c.oid and l.mode = 'AccessExclusiveLock' and l.pid is distinct from pg_catalog.pg_backend_pid()
      and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
    order by l.granted desc
    limit 1
  ) as locked_by
from rows from (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]))
  with ordinality as wanted(schema, name, place)
join pg_catalog.pg_class c on c.relname = wanted.name::pg_catalog.name
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_index x on x.indexrelid = c.oid
left join pg_catalog.pg_class on_table on on_table.oid = x.indrelid
left join pg_catalog.pg_namespace on_schema on on_schema.oid = on_table.relnamespace
where case when wanted.schema = '' then not pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_t')
  else n.nspname = wanted.schema::pg_catalog.name end
order by is_system, wanted.place, n.nspname
limit 100`;

/**
 * The table of that name: `table` may name its schema and may be quoted as in SQL. Throws `invalid_input` where there is
 * none (with the nearest names), more than one, or something that is no table. One query where it is found.
 */
export async function resolveTable(
  { id, engine }: Database,
  table: string,
  schema: string | undefined,
  signal: AbortSignal,
): Promise<TableRef> {
  const candidates = nameCandidates(table, schema);
  const rows = await engine.catalog(
    resolveSql,
    [candidates.map((candidate) => candidate.schema ?? ''), candidates.map(({ name }) => name)],
    signal,
  );
  const tables = rows.flatMap((row) => {
    const kind = relationKind(textOf(row, 'kind'));
    return kind
      ? [{ row, kind, rank: numberOf(row, 'place') + (flagOf(row, 'is_system') ? candidates.length : 0) }]
      : [];
  });
  const [best] = tables;
  if (!best) throw await unknownTable(rows);
  const equals = tables.filter(({ rank, row }) => rank === best.rank && row.oid !== best.row.oid);
  if (equals.length > 0) throw ambiguous([best, ...equals].map(({ row }) => row));
  return {
    oid: textOf(best.row, 'oid'),
    schema: textOf(best.row, 'schema'),
    name: textOf(best.row, 'name'),
    kind: best.kind,
    lockedBy: textOrNull(best.row, 'locked_by') ?? undefined,
  };

  async function unknownTable([other]: readonly CatalogRow[]): Promise<GatewayError> {
    if (other) return new GatewayError('invalid_input', `${nameOf(other)} is ${otherKind(other)}`);
    const wanted = splitName(table)?.at(-1)?.text ?? table;
    const near = await nearestRelations(engine, wanted, signal);
    const hint = near.length > 0 ? `Nearest: ${near.join(', ')}.` : 'list_tables names those that exist.';
    const where = schema === undefined ? '' : ` in schema "${schema}"`;
    return new GatewayError('invalid_input', `There is no table or view ${table}${where} in database ${id}. ${hint}`);
  }

  function ambiguous(found: readonly CatalogRow[]): GatewayError {
    const names = found.slice(0, 10).map(nameOf).join(', ');
    return new GatewayError('invalid_input', `${table} is in several schemas: ${names}. Pass one of these as table.`);
  }
}

function nameOf(row: CatalogRow): string {
  return displayName(textOf(row, 'schema'), textOf(row, 'name'));
}

/** What a relation is that is not a table, and what to ask for instead. */
function otherKind(row: CatalogRow): string {
  const table = textOrNull(row, 'table_name');
  if (table !== null) {
    const owner = displayName(textOf(row, 'table_schema'), table);
    return `an index of ${owner}: ask for that table, with include ["indexes"].`;
  }
  if (row.kind === 'S') return 'a sequence, not a table: execute_sql can read it in pg_sequences.';
  if (row.kind === 'c') return 'a composite type, not a table: execute_sql can read it in pg_attribute.';
  return 'neither a table nor a view.';
}
