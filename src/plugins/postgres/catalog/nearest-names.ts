import { nearestKey } from '../../../core/schema-issues.ts';
import type { Engine } from '../engine.ts';
import { displayName } from './identifier.ts';
import { textOf } from './row.ts';

const schemasSql = `select n.nspname as name
from pg_catalog.pg_namespace n
where not pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_t')
order by pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_') or n.nspname = 'information_schema', n.nspname
limit 2000`;

/** Whether the schema exists, and the names that come nearest to it where it does not. */
export async function nearestSchemas(
  engine: Engine,
  schema: string,
  signal: AbortSignal,
): Promise<{ readonly exists: boolean; readonly near: readonly string[] }> {
  const names = (await engine.catalog(schemasSql, [], signal)).map((row) => textOf(row, 'name'));
  if (names.includes(schema)) return { exists: true, near: [] };
  const near = nearest(schema, names, 3);
  return { exists: false, near: near.length > 0 ? near : names.slice(0, 10) };
}

const relationsSql = `select n.nspname as schema, c.relname as name
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and not pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_t')
order by
  pg_catalog.lower(c.relname::pg_catalog.text) = pg_catalog.lower($1::pg_catalog.text) desc,
  pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_') or n.nspname = 'information_schema',
  pg_catalog.strpos(pg_catalog.lower(c.relname::pg_catalog.text), pg_catalog.lower($1::pg_catalog.text)) > 0 desc,
  pg_catalog.lower(pg_catalog.left(c.relname::pg_catalog.text, 2)) = pg_catalog.lower(pg_catalog.left($1::pg_catalog.text, 2)) desc,
  c.relispartition, n.nspname, c.relname
limit 2000`;

/** Tables and views of any schema whose names come nearest to a wrong one, as `schema.name`: first the same name elsewhere. */
export async function nearestRelations(engine: Engine, name: string, signal: AbortSignal): Promise<readonly string[]> {
  const rows = await engine.catalog(relationsSql, [name], signal);
  const near = nearest(name, [...new Set(rows.map((row) => textOf(row, 'name')))], 5);
  return near
    .flatMap((found) => rows.filter((row) => row.name === found))
    .slice(0, 8)
    .map((row) => displayName(textOf(row, 'schema'), textOf(row, 'name')));
}

const functionsSql = `select distinct p.proname as name
from pg_catalog.pg_proc p
where p.prokind <> 'p' and pg_catalog.pg_function_is_visible(p.oid)
  and not 'pg_catalog.internal'::pg_catalog.regtype = any (p.proargtypes::pg_catalog.oid[])`;

/** Functions that an unqualified call finds, whose names come nearest to a wrong one. */
export async function nearestFunctions(
  engine: Pick<Engine, 'catalog'>,
  name: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const rows = await engine.catalog(functionsSql, [], signal);
  return nearest(
    name,
    rows.map((row) => textOf(row, 'name')),
    3,
  );
}

/** The names nearest to a wrong one: by spelling, then those that contain it. */
export function nearest(wrong: string, names: readonly string[], count: number): string[] {
  const found: string[] = [];
  let left = names;
  while (found.length < count) {
    const best = nearestKey(wrong, left);
    if (best === undefined) break;
    found.push(best);
    left = left.filter((name) => name !== best);
  }
  // A word as short as that is in half of all names.
  const containing = wrong.length < 3 ? [] : names.filter((name) => name.toLowerCase().includes(wrong.toLowerCase()));
  return [...new Set([...found, ...containing])].slice(0, count);
}
