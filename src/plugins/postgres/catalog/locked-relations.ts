import type { Unavailable } from './unavailable.ts';

/**
 * A CTE of the relations on which another session holds or awaits ACCESS EXCLUSIVE. The server measures a size under an
 * ACCESS SHARE lock, so the answer would wait until that session ends: the size is left out instead.
 */
export const lockedRelations = `locked as materialized (
  select l.relation
  from pg_catalog.pg_locks l
  where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
    and l.pid is distinct from pg_catalog.pg_backend_pid()
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
)`;

/** Says that the sizes of these relations were not asked for, because the answer would wait for a lock. */
export function lockedSizes(names: readonly string[]): Unavailable[] {
  if (names.length === 0) return [];
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return [
    {
      what: `size_bytes of ${names.slice(0, 5).join(', ')}${more}`,
      why: 'Another session holds or waits for an ACCESS EXCLUSIVE lock (a migration, VACUUM FULL, REINDEX).',
      fix: lockedFix,
    },
  ];
}

/** Why a part cannot be read, and what to do: `lockedBy` is what holds or awaits the lock. */
export function lockedWhy(lockedBy: string): string {
  return `Another session (${lockedBy}) holds or waits for an ACCESS EXCLUSIVE lock on the table.`;
}

export const lockedFix = 'Ask again when that session is done; pg_stat_activity tells what it is doing.';
