/** Longest that a statement waits for another session's lock. */
const lockTimeoutMs = 5000;
/** How much later than statement_timeout the server ends a transaction that the gateway has forgotten. */
const forgottenMs = 10_000;

/**
 * Opens the transaction that a statement runs in. The settings make the text of values the same whatever the role's
 * own defaults are, and keep `'\'` one string as the guard reads it. Ends with a SELECT, because `SET TRANSACTION READ WRITE`
 * is legal only before the first one.
 */
export function preamble(versionNum: number, searchPath: readonly string[], timeoutMs: number): string {
  const transactionMs = timeoutMs + forgottenMs;
  const settings: (readonly [name: string, value: string | number])[] = [
    ['statement_timeout', timeoutMs],
    ['lock_timeout', Math.min(timeoutMs, lockTimeoutMs)],
    ['idle_in_transaction_session_timeout', transactionMs],
    ...(versionNum >= 170_000 ? [['transaction_timeout', transactionMs] as const] : []),
    ['standard_conforming_strings', 'on'],
    ['datestyle', "'ISO, YMD'"],
    ['intervalstyle', 'postgres'],
    ['bytea_output', 'hex'],
    ['extra_float_digits', 1],
  ];
  if (searchPath.length > 0) settings.push(['search_path', searchPath.map(quoteName).join(', ')]);
  return [
    'BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY',
    ...settings.map(([name, value]) => `SET LOCAL ${name} = ${value}`),
    'SELECT 1',
  ].join(';');
}

/** Takes back everything, and what outlives a rollback: locks and statements that a function of the user's may have left. */
export const endTransaction = 'ROLLBACK;SELECT pg_catalog.pg_advisory_unlock_all();DEALLOCATE ALL';

/** SQLSTATE of the warning that ROLLBACK gives where no transaction is open. */
export const noTransaction = '25P01';

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""').replaceAll('\0', '')}"`;
}
