import { GatewayError } from '../../core/errors.ts';
import type { Engine } from './engine.ts';
import { nearestNames } from './nearest-names.ts';
import type { SqlErrorDetails } from './sql-error.ts';

/** Characters of a long line that are shown on either side of a mistake. */
const around = 60;

/** Where in a text something stands, from 1 as people count. */
interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * Makes an error of PostgreSQL's one that a model can mend its statement by: SQLSTATE, the line with a caret under the
 * mistake, the server's detail and hint, and the names that exist. `sent` is the text whose positions the server counts.
 */
export async function explainFailure(
  error: unknown,
  sql: string,
  sent: string,
  engine: Engine,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof GatewayError) || !isSqlDetails(error.details)) return error;
  const { sqlstate, position, detail, hint } = error.details;
  const offset = position === undefined ? undefined : offsetInSql(sql, sent, position);
  const place = offset === undefined ? undefined : placeOf(sql, offset);
  const near = offset === undefined ? undefined : await nearestNames(sqlstate, sql, offset, engine, signal);
  const lines = [
    `${error.message} (SQLSTATE ${sqlstate})`,
    ...(place && offset !== undefined ? [pointAt(sql, offset, place)] : []),
    ...(detail === undefined ? [] : [`Detail: ${detail}`]),
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
    ...(near === undefined ? [] : [near]),
  ];
  return new GatewayError(error.code, lines.join('\n'), { cause: error, details: { ...error.details, ...place } });
}

function isSqlDetails(details: GatewayError['details']): details is SqlErrorDetails & Record<string, unknown> {
  return typeof details?.['sqlstate'] === 'string';
}

/**
 * The offset in the caller's text of a position in the text that was sent, which begins like it. Undefined beyond it.
 * The server counts characters, JavaScript UTF-16 units.
 */
function offsetInSql(sql: string, sent: string, position: number): number | undefined {
  const characters = Array.from(sent.slice(0, position * 2)).slice(0, position - 1);
  const offset = characters.join('').length;
  return sql.startsWith(sent.slice(0, offset)) && offset < sql.length ? offset : undefined;
}

function placeOf(sql: string, offset: number): Place {
  const before = sql.slice(0, offset).split('\n');
  return { line: before.length, column: Array.from(before.at(-1) ?? '').length + 1 };
}

function pointAt(sql: string, offset: number, { line, column }: Place): string {
  const start = sql.lastIndexOf('\n', offset - 1) + 1;
  const end = sql.indexOf('\n', offset);
  const from = Math.max(start, offset - around);
  const to = Math.min(end === -1 ? sql.length : end, offset + around);
  const head = `Line ${line}, column ${column}: ${from > start ? '…' : ''}`;
  const before = sql.slice(from, offset).replaceAll('\t', ' ');
  return `${head}${before}${sql.slice(offset, to)}\n${' '.repeat(Array.from(head + before).length)}^`;
}
