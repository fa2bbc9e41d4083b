import { basename } from 'node:path';
import { GatewayError } from '../../../core/errors.ts';
import { errnoOf, printable } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';

/** What to say where a tree that is deleted for good, which goes piece by piece, could not go as a whole. */
export function partlyDeleted(error: unknown, place: Place, removed: number): unknown {
  const errno = errnoOf(error);
  if (errno === undefined && !(error instanceof GatewayError)) return error;
  const inTheWay = error instanceof Error && 'path' in error ? ` by ${printable(basename(String(error.path)))}` : '';
  return new GatewayError(
    'unavailable',
    `${printable(place.requested)} was deleted in part: ${removed} entries in it are gone for good, then it was stopped${inTheWay} (${errno ?? (error as GatewayError).message}). What is left is where it was; list_changes has what was done. Delete the rest once nothing is in the way.`,
  );
}
