import { GatewayError } from '../../../core/errors.ts';
import { type SqlErrorFields, sqlError } from '../sql-error.ts';

const lossCodes = new Set([
  ...['CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECTION_ENDED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'],
  // The server's own time limits, which end the session.
  ...['25P03', '25P04', '57P05'],
]);

/** Whether the connection broke, or the server ended it, rather than refusing the statement. */
export function isConnectionLoss(error: unknown): boolean {
  const code = codeOf(error);
  return lossCodes.has(code) || /^(57P0[123]|08(?!P01))/.test(code);
}

/** The caller's error for a statement that failed: what the server says of it, or that the connection was lost. */
export function statementFailure(error: unknown, target: string, timeoutMs: number): unknown {
  if (error instanceof GatewayError) return error;
  if (isConnectionLoss(error)) {
    return new GatewayError(
      'unavailable',
      `The connection to the database ${target} was lost while the statement ran (${codeOf(error)}). Nothing was changed; try again in a few seconds.`,
    );
  }
  return isServerError(error) ? sqlError(error, timeoutMs) : error;
}

function isServerError(error: unknown): error is Error & SqlErrorFields {
  return error instanceof Error && error.name === 'PostgresError' && codeOf(error) !== '';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
