import { displayName } from './catalog/identifier.ts';
import { nearest, nearestFunctions, nearestRelations } from './catalog/nearest-names.ts';
import { textOf } from './catalog/row.ts';
import type { Engine } from './engine.ts';

/** Columns of the relations whose names occur in the statement. */
const columnsSql = `select distinct a.attname as name, c.relname as relation
from pg_catalog.pg_class c
join pg_catalog.pg_attribute a on a.attrelid = c.oid
where c.relname = any ($1::pg_catalog.text[]) and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and a.attnum > 0 and not a.attisdropped
order by c.relname, a.attname
limit 2000`;

const signaturesSql = `select distinct
  p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')' as signature
from pg_catalog.pg_proc p
where p.proname = $1::pg_catalog.text and p.prokind <> 'p' and pg_catalog.pg_function_is_visible(p.oid)
order by 1
limit 8`;

const mostSuggestions = 5;
const mostNames = 500;
const identifier = /"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*/gu;
const qualifiedName =
  /^(?:(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)\s*\.\s*)*(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)/u;

type Suggest = (engine: Engine, wrong: string, sql: string, signal: AbortSignal) => Promise<readonly string[]>;

/** By the SQLSTATEs of tables, columns and functions that do not exist. */
const suggestions: ReadonlyMap<string, Suggest> = new Map<string, Suggest>([
  ['42P01', (engine, wrong, _sql, signal) => nearestRelations(engine, wrong, signal)],
  ['42703', nearestColumns],
  ['42883', fittingFunctions],
]);

/**
 * A line that names what was probably meant by the unknown table, column or function that begins at `index`. Undefined
 * for other errors, where nothing is near, and where the catalog cannot be asked: the error itself matters more.
 */
export async function suggestNames(
  sqlstate: string,
  sql: string,
  index: number,
  engine: Engine,
  signal: AbortSignal,
): Promise<string | undefined> {
  const suggest = suggestions.get(sqlstate);
  const wrong = namesIn(qualifiedName.exec(sql.slice(index))?.[0] ?? '').at(-1);
  if (!suggest || wrong === undefined) return undefined;
  try {
    const near = await suggest(engine, wrong, sql, signal);
    return near.length === 0 ? undefined : `Did you mean: ${near.slice(0, mostSuggestions).join(', ')}?`;
  } catch {
    return undefined;
  }
}

async function nearestColumns(engine: Engine, wrong: string, sql: string, signal: AbortSignal): Promise<string[]> {
  const mentioned = [...new Set(namesIn(sql))].slice(0, mostNames);
  const rows = await engine.catalog(columnsSql, [mentioned], signal);
  const near = nearest(wrong, [...new Set(rows.map((row) => textOf(row, 'name')))], mostSuggestions);
  return near.flatMap((name) =>
    rows.filter((row) => row.name === name).map((row) => displayName(textOf(row, 'relation'), name)),
  );
}

/** Where the name exists, it is the arguments that do not fit: its signatures are named then. */
async function fittingFunctions(
  engine: Engine,
  wrong: string,
  _sql: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const signatures = await engine.catalog(signaturesSql, [wrong], signal);
  if (signatures.length > 0) return signatures.map((row) => textOf(row, 'signature'));
  return nearestFunctions(engine, wrong, signal);
}

function namesIn(sql: string): string[] {
  return Array.from(sql.matchAll(identifier), ([name]) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase(),
  );
}
