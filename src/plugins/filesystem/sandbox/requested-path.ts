import { homedir } from 'node:os';
import { join } from 'node:path';
import { GatewayError } from '../../../core/errors.ts';
import { isTemporaryName } from '../io/temporary-name.ts';
import { outside, printable } from './failure.ts';

/** Characters of a path that a tool takes. */
export const longestPath = 4096;
const uri = /^(?:file:|[A-Za-z][A-Za-z0-9+.-]*:\/\/)/i;
const windowsPath = /^(?:[A-Za-z]:|\\\\)/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const unprintable = /[\u0000-\u001f\u007f\u2028\u2029]/;
const windowsReserved = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i;

/**
 * Refuses strings that are not one plain path of this system, before anything is looked up. What it lets through is
 * opened exactly as it stands: nothing is trimmed, unquoted or decoded, and only `~` is expanded.
 */
export function checkRequestedPath(requested: string, platform: NodeJS.Platform): void {
  if (requested === '') throw new GatewayError('invalid_input', 'The path is empty. Give a file or directory.');
  if (requested.length > longestPath) {
    throw new GatewayError('invalid_input', `ENAMETOOLONG: the path has more than ${longestPath} characters.`);
  }
  if (requested.includes('\0')) throw new GatewayError('denied', 'Access denied - the path contains a NUL character.');
  if (/\p{Surrogate}/u.test(requested)) {
    throw new GatewayError('denied', 'Access denied - the path contains half a surrogate pair, which no file has.');
  }
  if (uri.test(requested)) {
    throw new GatewayError(
      'denied',
      `Access denied - not a path: ${printable(requested)}. Give a plain path, not a URI.`,
    );
  }
  if (platform === 'win32') checkWindowsPath(requested);
  else if (windowsPath.test(requested)) {
    throw new GatewayError(
      'denied',
      `Access denied - Windows-style path received on a POSIX host: ${printable(requested)}`,
    );
  }
}

/** The path with `~` as the home folder of the gateway's user, as the reference server has it; `./~` is a file of that name. */
export function withHome(requested: string): string {
  return requested === '~' || requested.startsWith('~/') ? join(homedir(), requested.slice(1)) : requested;
}

/** Network and device paths are refused without touching them: probing a UNC path alone sends the user's NTLM hash. */
function checkWindowsPath(requested: string): void {
  if (/^[\\/]{2}/.test(requested) || /^[A-Za-z]:(?![\\/])/.test(requested)) throw outside(requested);
  for (const name of requested.replace(/^[A-Za-z]:/, '').split(/[\\/]/)) {
    if (name !== '.' && name !== '..' && isUnsafeOnWindows(name)) throw outside(requested);
  }
}

/** Whether Windows would take a name for something else: a device, a stream of a file, a name without its end. */
export function isUnsafeOnWindows(name: string): boolean {
  return name.includes(':') || /[. ]$/.test(name) || windowsReserved.test(name);
}

/** Whether a name has characters that a listing could not show on one line. */
export function hasUnprintable(name: string): boolean {
  return unprintable.test(name);
}

/** Refuses a name that a tool is about to create when a listing could not show it on one line, or would not show it. */
export function checkNewName(name: string): void {
  if (isTemporaryName(name)) {
    throw new GatewayError(
      'denied',
      `Access denied - the new name ${printable(name)} is of the form that is kept for what is being written, which listings leave out. Choose another.`,
    );
  }
  if (hasUnprintable(name)) {
    throw new GatewayError(
      'denied',
      `Access denied - the new name ${printable(name)} contains control or line separator characters.`,
    );
  }
}
