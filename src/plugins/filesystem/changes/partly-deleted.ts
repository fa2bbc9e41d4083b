import { basename } from 'node:path';
import { GatewayError } from '../../../core/errors.ts';
import { errnoOf, isFailure, printable, reasonOf } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';

/** What to say where a tree that is deleted for good, which goes piece by piece, could not go as a whole. */
export function partlyDeleted(error: unknown, place: Place, removed: number, isOnRecord: boolean): unknown {
  if (!isFailure(error)) return error;
  const reason = error instanceof GatewayError ? reasonOf(error) : errnoOf(error);
  const inTheWay = 'path' in error ? ` by ${printable(basename(String(error.path)))}` : '';
  const onRecord = isOnRecord ? '; list_changes has what was done' : '';
  return new GatewayError(
    'unavailable',
    `${printable(place.requested)} was deleted in part: ${removed} entries in it are gone for good, then it was stopped${inTheWay} (${reason}). What is left is where it was${onRecord}. Delete the rest once nothing is in the way.`,
  );
}
