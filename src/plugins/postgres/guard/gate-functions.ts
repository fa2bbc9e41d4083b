import { GatewayError } from '../../../core/errors.ts';
import type { FunctionCatalog, FunctionFacts } from './checked-statement.ts';
import { isDeniedSchema, whyDeniedFunction } from './denied-functions.ts';
import type { FunctionUse } from './inspect.ts';
import { refusal } from './refusal.ts';
import { isSafeVolatile } from './safe-functions.ts';

export interface FunctionRules {
  readonly functions: FunctionCatalog;
  /** The operator's own exceptions, as `name` or `schema.name`; they go before every rule. */
  readonly allowFunctions: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/**
 * Lets a function through that the server's catalog knows as not VOLATILE, or that is on the safe list, or is the
 * database's own (READ ONLY holds those); refuses every other, and any that the catalog does not know.
 */
export async function gateFunctions(sql: string, uses: readonly FunctionUse[], rules: FunctionRules): Promise<void> {
  const asked = uses.filter(({ schema, name }) => !isAllowed(rules.allowFunctions, schema, name));
  for (const use of asked) {
    if (use.schema !== undefined && isDeniedSchema(use.schema))
      throw refuse(sql, use, `schema ${use.schema} is closed`);
  }
  if (asked.length === 0) return;
  const facts = await lookUp(asked, rules);
  for (const use of asked) {
    const found = (facts.get(use.name) ?? []).filter(({ schema }) => use.schema === undefined || schema === use.schema);
    const why = whyRefused(use, found, rules.allowFunctions);
    if (why !== undefined)
      throw refuse(sql, use, found.length > 0 ? why : `${why}${await suggestion(use.name, rules)}`);
  }
}

/** What was perhaps meant by an unknown name; nothing where that cannot be asked, since the refusal is what matters. */
async function suggestion(name: string, { functions, signal }: FunctionRules): Promise<string> {
  const near = await functions.nearest?.(name, signal).catch(() => []);
  return near && near.length > 0 ? ` (did you mean ${near.join(', ')}?)` : '';
}

/** What the server says of those functions, by name. */
async function lookUp(
  uses: readonly FunctionUse[],
  { functions, signal }: FunctionRules,
): Promise<ReadonlyMap<string, readonly FunctionFacts[]>> {
  const names = new Map(uses.map(({ schema, name }) => [JSON.stringify([schema, name]), { schema, name }]));
  try {
    const byName = new Map<string, FunctionFacts[]>(uses.map(({ name }) => [name, []]));
    for (const facts of await functions.lookup([...names.values()], signal)) byName.get(facts.name)?.push(facts);
    return byName;
  } catch (cause) {
    if (!(cause instanceof GatewayError) || cause.code !== 'upstream') throw cause;
    if (isServerFailure(cause)) throw cause;
    throw new GatewayError(
      'denied',
      `The functions of this statement could not be looked up in pg_proc (${cause.message}), so none may be called. ${howToAllow}`,
      { cause },
    );
  }
}

/** The server itself failed (connection, resources, operator, system, internal): no permission would help. */
function isServerFailure({ details }: GatewayError): boolean {
  return typeof details?.sqlstate === 'string' && /^(08|53|57|58|XX)/.test(details.sqlstate);
}

function whyRefused(
  use: FunctionUse,
  found: readonly FunctionFacts[],
  allowed: ReadonlySet<string>,
): string | undefined {
  if (found.length === 0) return use.maybeColumn ? undefined : 'the server has no function of that name';
  for (const { schema, name, volatile, builtIn } of found) {
    if (isAllowed(allowed, schema, name)) continue;
    if (isDeniedSchema(schema)) return `schema ${schema} is closed`;
    if (!builtIn) continue;
    const denied = whyDeniedFunction(name);
    if (denied !== undefined) return denied;
    if (volatile && !isSafeVolatile(schema, name)) {
      return `${schema}.${name} is VOLATILE (it may change, wait for or reveal something) and not known to be harmless`;
    }
  }
  return undefined;
}

function isAllowed(allowed: ReadonlySet<string>, schema: string | undefined, name: string): boolean {
  return allowed.has(name) || (schema !== undefined && allowed.has(`${schema}.${name}`));
}

const howToAllow = 'An operator who needs it can name it in allowFunctions of this database.';

function refuse(sql: string, { schema, name, maybeColumn, at }: FunctionUse, why: string): GatewayError {
  const shown = schema === undefined ? name : `${schema}.${name}`;
  const what = maybeColumn ? `.${name} may call the function ${name}(), which is` : `${shown}() is`;
  const column = maybeColumn ? ' If a column is meant, give it another name in a subquery.' : '';
  return refusal('denied', `${what} not allowed: ${why}. Leave it out.${column} ${howToAllow}`, sql, at);
}
