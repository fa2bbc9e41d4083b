import { errnoOf } from '../sandbox/failure.ts';

/** Throws an error again unless the operating system reported it: what cannot be read is passed over, a defect is not. */
export function requireSystemError(error: unknown): void {
  if (!/^E(?!RR_)/.test(errnoOf(error) ?? '')) throw error;
}
