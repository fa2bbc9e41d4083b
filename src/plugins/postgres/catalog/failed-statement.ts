import { GatewayError } from '../../../core/errors.ts';

/** Whether the statement failed, and not the database: then another one may still be answered. */
export function isOfTheStatement(error: unknown): error is GatewayError {
  return error instanceof GatewayError && !['unavailable', 'busy', 'cancelled'].includes(error.code);
}

/** What to do about one part that failed. */
export function fixOf(error: GatewayError): string {
  if (error.code === 'timeout') return 'Another session may hold a lock on it: look at pg_locks, or ask again later.';
  if (error.details?.sqlstate === '42501') return 'GRANT the role what the message names.';
  return 'Mend what the message names, or leave this part out.';
}
