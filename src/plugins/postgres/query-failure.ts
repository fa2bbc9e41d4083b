import { GatewayError } from '../../core/errors.ts';
import type { Engine } from './engine.ts';
import { placeOf } from './guard/refusal.ts';
import type { SqlErrorDetails } from './sql-error.ts';
import { suggestNames } from './unknown-name.ts';

/**
 * Makes an error that PostgreSQL reported one that a model can mend its statement by: SQLSTATE, the line with a caret
 * under the mistake, the server's detail and hint, and the names that exist. Other errors are returned as they are.
 */
export async function explainFailure(
  error: unknown,
  sql: string,
  engine: Engine,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof GatewayError) || !isSqlDetails(error.details)) return error;
  const { sqlstate, position, detail, hint } = error.details;
  const index = position === undefined ? undefined : indexOf(sql, position);
  const place = index === undefined ? undefined : placeOf(sql, index);
  const near = index === undefined ? undefined : await suggestNames(sqlstate, sql, index, engine, signal);
  const lines = [
    `${error.message} (SQLSTATE ${sqlstate})`,
    ...(place ? [`Line ${place.line}, column ${place.column}:\n${place.excerpt}`] : []),
    ...(detail === undefined ? [] : [`Detail: ${detail}`]),
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
    ...(near === undefined ? [] : [near]),
  ];
  const details = { ...error.details, ...(place ? { line: place.line, column: place.column } : {}) };
  return new GatewayError(error.code, lines.join('\n'), { cause: error, details });
}

function isSqlDetails(details: GatewayError['details']): details is SqlErrorDetails & Record<string, unknown> {
  return typeof details?.sqlstate === 'string';
}

/**
 * The index in the caller's text of a position that the server names. The text that was sent has the same characters in
 * front of it; the server counts code points, JavaScript UTF-16 units. Undefined where it lies in what was appended.
 */
function indexOf(sql: string, position: number): number | undefined {
  const index = [...sql].slice(0, position - 1).join('').length;
  return index < sql.length ? index : undefined;
}
