import { displayName } from '../identifier.ts';
import { lockedSizes } from '../locked-relations.ts';
import { flagOf, instantOrNull, numberOrNull, textOf, textOrNull } from '../row.ts';
import { storageOf } from '../storage-of.ts';
import type { Section } from './section.ts';

export interface Overview {
  readonly owner: string;
  readonly comment: string | null;
  readonly rows_estimate: number | null;
  readonly size_bytes: number | null;
  readonly indexes_bytes: number | null;
  readonly rls: 'off' | 'on' | 'forced';
  readonly readable: boolean;
  readonly persistence: 'permanent' | 'unlogged' | 'temporary';
  /** Only of a materialized view: false before its first refresh. */
  readonly populated?: boolean;
  /** When the database's counters were last set to zero; null: never. */
  readonly countersSince: string | null;
}

const persistences = { p: 'permanent', u: 'unlogged', t: 'temporary' } as const;

const overviewSql = `with recursive t as (
  select c.* from pg_catalog.pg_class c where c.oid = $1::pg_catalog.oid
), ${storageOf}
select pg_catalog.pg_get_userbyid(t.relowner) as owner,
  pg_catalog.left(pg_catalog.obj_description(t.oid, 'pg_class'), 4001) as comment,
  storage.rows_estimate, storage.size_bytes, storage.indexes_bytes, storage.size_locked,
  t.relrowsecurity as row_security, t.relforcerowsecurity as row_security_forced,
  pg_catalog.has_schema_privilege(t.relnamespace, 'USAGE')
    and pg_catalog.has_any_column_privilege(t.oid, 'SELECT') as readable,
  t.relpersistence as persistence, t.relispopulated as populated,
  pg_catalog.to_json(s.stats_reset) #>> '{}' as counters_since
from t
left join storage on storage.root = t.oid
left join pg_catalog.pg_stat_database s on s.datname = pg_catalog.current_database()`;

/** The facts that head a table's description; undefined where the table has been dropped meanwhile. */
export const overview: Section<Overview | undefined> = {
  queries: [overviewSql],
  waitsForLocks: false,
  read([rows = []], { table: { schema, name, kind }, unavailable }) {
    const [row] = rows;
    if (!row) return undefined;
    if (flagOf(row, 'size_locked')) unavailable.push(...lockedSizes([displayName(schema, name)]));
    const forced = flagOf(row, 'row_security_forced') ? 'forced' : 'on';
    return {
      owner: textOf(row, 'owner'),
      comment: textOrNull(row, 'comment'),
      rows_estimate: numberOrNull(row, 'rows_estimate'),
      size_bytes: numberOrNull(row, 'size_bytes'),
      indexes_bytes: numberOrNull(row, 'indexes_bytes'),
      rls: flagOf(row, 'row_security') ? forced : 'off',
      readable: flagOf(row, 'readable'),
      persistence: persistences[textOf(row, 'persistence') as keyof typeof persistences],
      ...(kind === 'materialized_view' ? { populated: flagOf(row, 'populated') } : {}),
      countersSince: instantOrNull(row, 'counters_since'),
    };
  },
};
