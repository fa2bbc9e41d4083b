import { GatewayError } from '../../../core/errors.ts';
import { printable } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';

/** The reference server's words for it, and what to do. */
export function destinationExists(to: Place): GatewayError {
  return new GatewayError(
    'invalid_input',
    `Destination already exists: ${printable(to.requested)}. Choose another name; overwrite: true replaces a file by a file (never a directory, nor by one).`,
  );
}
