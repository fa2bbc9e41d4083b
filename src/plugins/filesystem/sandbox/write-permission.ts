import { accessSync, constants, type Stats } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import { errnoOf, printable } from './failure.ts';
import type { Place } from './place.ts';

/**
 * Throws for a file that nobody may write, or not the gateway's user. A folder that may be written is enough to replace
 * what is in it, so the file system itself would not refuse: the file would come to be another user's.
 */
export function requireWritable({ mode }: Stats, place: Place): void {
  const advice = 'Nothing was changed; have it made writable, or write to another file.';
  const bits = (mode & 0o777).toString(8).padStart(3, '0');
  if ((mode & 0o222) === 0) {
    throw new GatewayError(
      'denied',
      `${printable(place.requested)} is marked read-only (mode ${bits}), and no tool here changes that. ${advice}`,
    );
  }
  try {
    accessSync(place.at, constants.W_OK);
  } catch (error) {
    if (errnoOf(error) !== 'EACCES') throw error;
    throw new GatewayError(
      'denied',
      `EACCES: the gateway's user may not write ${printable(place.requested)} (mode ${bits}). ${advice}`,
    );
  }
}
