import { GatewayError, type GatewayErrorCode } from '../../../core/errors.ts';

/** The one answer for everything outside the roots, so that it never tells whether something is there. */
export function outside(requested: string): GatewayError {
  return new GatewayError(
    'denied',
    `Access denied - path outside allowed directories: ${printable(requested)}. list_allowed_directories names those you may use.`,
  );
}

/** A path as it may be put into a message: on one line, and not endless. */
export function printable(text: string): string {
  return escaped(text.length > 500 ? `${text.slice(0, 500)}…` : text);
}

/** Text on one line: control, separator and direction characters escaped. */
export function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped here
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, escapeOne);
}

function escapeOne(character: string): string {
  const known: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return known[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether it is a caller's or the system's doing, as both `GatewayError` and the system's codes say; else it is a defect. */
export function isFailure(error: unknown): error is Error {
  // Node's own codes (ERR_…) tell of wrong calls.
  return error instanceof GatewayError || /^E[A-Z0-9]+$/.test(errnoOf(error) ?? '');
}

/** What is wrong: the first sentence of an error's words. What follows tells a caller what to do, and may not fit elsewhere. */
export function reasonOf({ message }: Error): string {
  return message.split(/\.(?:\s|$)/)[0] ?? message;
}

function missing(path: string): string {
  return `ENOENT: no such file or directory: ${path}.`;
}

function noDirectory(path: string): string {
  return `ENOTDIR: not a directory: ${path}.`;
}

/** Nothing is there. `nearest` is the folder above it that exists, as the request has it. */
export function notThere(requested: string, nearest: string): GatewayError {
  return systemError(
    'ENOENT',
    `${missing(printable(requested))} list_directory of ${printable(nearest)} shows what is there.`,
  );
}

/** A path leads through what is no directory, or is to be one and is none; `advice` says of which it is, and what to do. */
export function notDirectory(requested: string, advice: string): GatewayError {
  return systemError('ENOTDIR', `${noDirectory(printable(requested))} ${advice}`);
}

function systemError(errno: string, message: string): GatewayError {
  return new GatewayError('invalid_input', message, { details: { errno } });
}

type Explanation = readonly [GatewayErrorCode, (path: string) => string];

const explanations = new Map<string, Explanation>([
  ['ENOENT', ['invalid_input', (p) => `${missing(p)} list_directory of the folder above shows what is there.`]],
  ['ENOTDIR', ['invalid_input', (p) => `${noDirectory(p)} Give a directory; get_file_info tells what is there.`]],
  ['EISDIR', ['invalid_input', (p) => `EISDIR: is a directory: ${p}. Use list_directory, or name a file in it.`]],
  ['EEXIST', ['invalid_input', (p) => `EEXIST: already exists: ${p}. Choose another name.`]],
  ['ENOTEMPTY', ['invalid_input', (p) => `ENOTEMPTY: directory not empty: ${p}.`]],
  ['ELOOP', ['denied', (p) => `ELOOP: too many symbolic links, or a link that may not be followed: ${p}.`]],
  ['ENAMETOOLONG', ['invalid_input', () => 'ENAMETOOLONG: the path or one of its names is too long.']],
  [
    'EXDEV',
    ['unsupported', (p) => `EXDEV: ${p} is on another file system. Use copy_file with overwrite, then delete_path.`],
  ],
  ['EINVAL', ['invalid_input', (p) => `EINVAL: the file system refuses this for ${p}.`]],
  ['EACCES', ['denied', (p) => `EACCES: the gateway's user has no permission for ${p}.`]],
  ['EPERM', ['denied', (p) => `EPERM: the operating system does not allow this on ${p}.`]],
  ['EROFS', ['denied', (p) => `EROFS: ${p} is on a read-only file system.`]],
  ['EBUSY', ['busy', (p) => `EBUSY: ${p} is in use or a mount point.`]],
  ['ETXTBSY', ['busy', (p) => `ETXTBSY: ${p} is a program that is running.`]],
  [
    'ENOSPC',
    ['unavailable', (p) => `ENOSPC: no space left on the device of ${p}. Nothing was changed; free space first.`],
  ],
  [
    'EDQUOT',
    ['unavailable', (p) => `EDQUOT: the disk quota of ${p} is used up. Nothing was changed; free space first.`],
  ],
  ['EFBIG', ['too_large', (p) => `EFBIG: ${p} would be larger than the file system allows.`]],
  ['EMFILE', ['busy', () => 'Too many files are open in the gateway. Try again in a moment.']],
  ['ENFILE', ['busy', () => 'Too many files are open on the host. Try again in a moment.']],
  ['EIO', ['upstream', (p) => `EIO: the disk failed while reading or writing ${p}.`]],
  ['ENXIO', ['denied', (p) => `ENXIO: ${p} is not a regular file.`]],
  ['ESTALE', ['unavailable', (p) => `ESTALE: the network file system of ${p} lost it. Try again.`]],
  ['ETIMEDOUT', ['unavailable', (p) => `ETIMEDOUT: the network file system of ${p} does not answer.`]],
]);

/** An operating system's error as the caller may read it; anything else is returned as it is, a defect. */
export function explain(error: unknown, requested: string): unknown {
  if (error instanceof GatewayError) return error;
  const code = errnoOf(error);
  const explanation = code === undefined ? undefined : explanations.get(code);
  if (!explanation) return error;
  // Without `cause`: the system's own message names the descriptor path, which tells a caller nothing.
  return new GatewayError(explanation[0], explanation[1](printable(requested)), { details: { errno: code } });
}
