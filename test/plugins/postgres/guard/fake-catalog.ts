import { type CheckOptions, checkStatement } from '../../../../src/plugins/postgres/guard/check-statement.ts';
import type { FunctionCatalog, FunctionFacts } from '../../../../src/plugins/postgres/guard/checked-statement.ts';

/** A server on which every function is PostgreSQL's own and harmless, but those. */
export function catalogWith(...others: readonly FunctionFacts[]): FunctionCatalog {
  return {
    lookup: async (names) =>
      names.flatMap(({ schema, name }) => {
        const known = others.filter((facts) => facts.name === name && (schema ?? facts.schema) === facts.schema);
        return known.length > 0 ? known : [{ schema: 'pg_catalog', name, volatile: false, builtIn: true }];
      }),
  };
}

/** Checks a statement for a page of ten rows, on a server that knows nothing but harmless functions. */
export function check(sql: string, options: Partial<CheckOptions> = {}): ReturnType<typeof checkStatement> {
  const signal = new AbortController().signal;
  return checkStatement(sql, {
    maxRows: 10,
    offset: 0,
    maxBytes: 1_000_000,
    functions: catalogWith(),
    signal,
    ...options,
  });
}

/** The message of the refusal of a statement. */
export async function refusalOf(sql: string, options: Partial<CheckOptions> = {}): Promise<string> {
  const outcome: unknown = await check(sql, options).catch((error: unknown) => error);
  return outcome instanceof Error ? outcome.message : `passed: ${JSON.stringify(outcome)}`;
}
