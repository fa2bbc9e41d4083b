import { appendLimit, type Page } from './append-limit.ts';
import type { CheckedStatement, FunctionCatalog } from './checked-statement.ts';
import { gateFunctions } from './gate-functions.ts';
import { inspect } from './inspect.ts';
import { parseStatement } from './parse-statement.ts';
import { refuseLargePlan } from './refuse-large-plan.ts';
import { refuseUnreadable } from './source-text.ts';
import { readingStatement } from './statement-kind.ts';

export interface CheckOptions extends Page {
  /** Bytes that one value built of constants may have. */
  readonly maxBytes: number;
  readonly functions: FunctionCatalog;
  /** Functions that the operator allows beyond the rules, as `name` or `schema.name`. */
  readonly allowFunctions?: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Refuses everything but one reading statement, before a byte of it reaches the server: the layer above `READ ONLY` and
 * the role's privileges, for what those do not stop. Throws `denied` or `invalid_input`, with the place and what to do
 * instead; passes the catalog's own failures (`unavailable`, `busy`, `timeout`, `cancelled`) on.
 *
 * The text is judged by PostgreSQL 18's grammar with standard_conforming_strings on, so engines must set that.
 *
 * What it cannot see: functions behind operators, casts, views, row-level security policies, column defaults and domain
 * checks, and inside the database's own functions. No operator, cast or aggregate that comes with PostgreSQL or its
 * contrib extensions changes anything; those of others are left to READ ONLY, the role and the timeouts. Nor does it hide
 * secrets in settings (`SHOW ALL`) or in the database's own tables and views: what the role may read, a caller may.
 * Values that grow while a statement runs, and not of constants, are cut by the engine's byte cap.
 */
export async function checkStatement(sql: string, options: CheckOptions): Promise<CheckedStatement> {
  await refuseUnreadable(sql);
  const statement = await parseStatement(sql);
  const { kind, select } = readingStatement(sql, statement);
  const uses = select ? inspect(sql, select) : [];
  if (select) refuseLargePlan(sql, select, options.maxBytes);
  const { functions, signal } = options;
  await gateFunctions(sql, uses, { functions, signal, allowFunctions: new Set(options.allowFunctions) });
  return { kind, ...(await appendLimit(sql, statement, options)) };
}
