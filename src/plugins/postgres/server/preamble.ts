import { quoteIdentifier } from '../catalog/identifier.ts';

/** Longest that a statement waits for another session's lock. */
const lockTimeoutMs = 5000;
/** How much later than statement_timeout the server ends a transaction that the gateway has forgotten. */
const forgottenMs = 10_000;

/** How transactions are opened on one connection. */
export interface Preamble {
  /** Text to run once, right after the login. */
  readonly session: string;
  /** Text that opens the transaction of a statement that may run for `timeoutMs`. */
  begin(timeoutMs: number): string;
}

export interface PreambleTraits {
  readonly versionNum: number;
  /** Whether a pooler stands before the server, so that settings of the session would reach other clients. */
  readonly pooled: boolean;
  readonly searchPath: readonly string[];
  /** What most statements are given: costs nothing extra. */
  readonly usualTimeoutMs: number;
}

/**
 * Opens a transaction that is read-only and bounded in time, in which values have the same text whatever the role's own
 * settings are, and `'\'` is one string as the guard reads it. It ends with a SELECT, because `SET TRANSACTION READ WRITE`
 * is legal only before the first one. Settings are made once for the session where it is ours alone.
 */
export function preambleFor({ versionNum, pooled, searchPath, usualTimeoutMs }: PreambleTraits): Preamble {
  const open = 'BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY';
  const form: Setting[] = [
    ['standard_conforming_strings', 'on'],
    ['datestyle', "'ISO, YMD'"],
    ['intervalstyle', 'postgres'],
    ['bytea_output', 'hex'],
    ['extra_float_digits', 1],
    ...(searchPath.length === 0 ? [] : [['search_path', searchPath.map(quoteIdentifier).join(', ')] as const]),
  ];
  const local = (settings: readonly Setting[]) =>
    settings.map(([name, value]) => `SET LOCAL ${name} = ${value};`).join('');
  if (pooled) {
    return {
      session: '',
      begin: (timeoutMs) => `${open};${local([...timeLimits(versionNum, timeoutMs), ...form])}SELECT 1`,
    };
  }
  // The default is a second bolt: were a transaction ever not opened, its statement would still change nothing.
  const session: Setting[] = [
    ['default_transaction_read_only', 'on'],
    ...timeLimits(versionNum, usualTimeoutMs),
    ...form,
  ];
  const usual = `${open};SELECT 1`;
  return {
    session: session.map(([name, value]) => `SET ${name} = ${value};`).join(''),
    begin: (timeoutMs) =>
      timeoutMs === usualTimeoutMs ? usual : `${open};${local(timeLimits(versionNum, timeoutMs))}SELECT 1`,
  };
}

type Setting = readonly [name: string, value: string | number];

function timeLimits(versionNum: number, timeoutMs: number): Setting[] {
  const transactionMs = timeoutMs + forgottenMs;
  return [
    ['statement_timeout', timeoutMs],
    ['lock_timeout', Math.min(timeoutMs, lockTimeoutMs)],
    ['idle_in_transaction_session_timeout', transactionMs],
    ...(versionNum >= 170_000 ? [['transaction_timeout', transactionMs] as const] : []),
  ];
}

/** Takes back everything, and what outlives a rollback: locks and statements that a function of the user's may have left. */
export const endTransaction = 'ROLLBACK;SELECT pg_catalog.pg_advisory_unlock_all();DEALLOCATE ALL';

/** SQLSTATE of the warning that ROLLBACK gives where no transaction is open. */
export const noTransaction = '25P01';
