import { GatewayError } from '../../../core/errors.ts';
import { printable } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';

/** The reference server's words for it, and what to do; `mayOverwrite` where the tool can be told to. */
export function destinationExists(to: Place, mayOverwrite: boolean): GatewayError {
  const orElse = mayOverwrite
    ? '; overwrite: true replaces a file by a file (never a directory, nor by one)'
    : ', or move away what is there';
  return new GatewayError(
    'invalid_input',
    `Destination already exists: ${printable(to.requested)}. Choose another name${orElse}.`,
  );
}
