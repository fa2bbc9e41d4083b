import { nearestKey } from '../../core/schema-issues.ts';
import type { Engine } from './engine.ts';

const relationsSql = `
SELECT c.relname AS name,
  CASE WHEN pg_catalog.pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END AS shown
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_toast')
ORDER BY n.nspname IN ('pg_catalog', 'information_schema'), c.relname LIMIT 5000`;

/** Columns of the relations whose names occur in the statement. */
const columnsSql = `
SELECT DISTINCT a.attname AS name, c.relname || '.' || a.attname AS shown
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
WHERE c.relname = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY shown LIMIT 2000`;

const functionsSql = `
SELECT p.proname AS name, p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')' AS shown
FROM pg_catalog.pg_proc p
WHERE pg_catalog.pg_function_is_visible(p.oid) AND p.prokind <> 'p'
ORDER BY p.proname LIMIT 10000`;

/** The SQLSTATEs of names that do not exist, with the query that lists those that do. */
const lists: ReadonlyMap<string, string> = new Map([
  ['42P01', relationsSql],
  ['42703', columnsSql],
  ['42883', functionsSql],
]);

const most = 4;
const identifier = /"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*/gu;

/**
 * The line that names what was probably meant by the unknown table, column or function that begins at `offset`.
 * Undefined for other errors, where nothing is near, and where the catalog cannot be asked: the error itself matters more.
 */
export async function nearestNames(
  sqlstate: string,
  sql: string,
  offset: number,
  engine: Engine,
  signal: AbortSignal,
): Promise<string | undefined> {
  const list = lists.get(sqlstate);
  const wrong = nameAt(sql, offset);
  if (list === undefined || wrong === undefined) return undefined;
  try {
    const params = list === columnsSql ? [[...new Set(namesIn(sql))].slice(0, 500)] : [];
    const rows = await engine.catalog(list, params, signal);
    const near = closest(
      wrong,
      rows.map(({ name, shown }) => ({ name: name ?? '', shown: shown ?? '' })),
    );
    return near.length === 0 ? undefined : `Did you mean ${near.join(', ')}?`;
  } catch {
    return undefined;
  }
}

interface Named {
  readonly name: string;
  readonly shown: string;
}

function closest(wrong: string, candidates: readonly Named[]): string[] {
  const same = candidates.filter(({ name }) => name === wrong).map(({ shown }) => shown);
  const left = new Set(candidates.map(({ name }) => name));
  const near: string[] = [];
  while (same.length + near.length < most) {
    const name = nearestKey(wrong, [...left]);
    if (name === undefined) break;
    left.delete(name);
    near.push(candidates.find((candidate) => candidate.name === name && candidate.name !== wrong)?.shown ?? '');
  }
  return [...new Set([...same, ...near].filter((shown) => shown !== ''))].slice(0, most);
}

/** The last part of the possibly qualified name at an offset, as PostgreSQL folds it. */
function nameAt(sql: string, offset: number): string | undefined {
  const [qualified] =
    /^(?:(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)\s*\.?\s*)+?(?![.\s]*\.)/u.exec(sql.slice(offset)) ?? [];
  return qualified === undefined ? undefined : namesIn(qualified).at(-1);
}

function namesIn(sql: string): string[] {
  return Array.from(sql.matchAll(identifier), ([name]) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase(),
  );
}
