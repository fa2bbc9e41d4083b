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

/** An error as the system reports it, of something that is known without asking it. `advice` ends its explanation. */
export function systemError(code: string, advice?: string): Error {
  return Object.assign(new Error(code), { code, ...(advice === undefined ? {} : { advice }) });
}

/** What an error says of a path, and what the caller is told to do where nothing better is known. */
type Explanation = readonly [GatewayErrorCode, (path: string) => string, advice?: string];

const explanations = new Map<string, Explanation>([
  [
    'ENOENT',
    ['invalid_input', (p) => `ENOENT: no such file or directory: ${p}.`, 'list_directory shows what is there.'],
  ],
  [
    'ENOTDIR',
    ['invalid_input', (p) => `ENOTDIR: not a directory: ${p}.`, 'Give a directory; read_text_file reads a file.'],
  ],
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
  [
    'EACCES',
    [
      'denied',
      (p) => `EACCES: the permissions of ${p}, or of a directory it is in, do not let the gateway's user do this.`,
    ],
  ],
  ['EPERM', ['denied', (p) => `EPERM: the operating system does not allow this on ${p}.`]],
  ['EROFS', ['denied', (p) => `EROFS: ${p} is on a read-only file system.`]],
  ['EBUSY', ['busy', (p) => `EBUSY: ${p} is in use or a mount point.`]],
  ['ETXTBSY', ['busy', (p) => `ETXTBSY: ${p} is a program that is running.`]],
  [
    'ENOSPC',
    ['unavailable', (p) => `ENOSPC: no space left on the device of ${p}. No file was changed; free space first.`],
  ],
  [
    'EDQUOT',
    ['unavailable', (p) => `EDQUOT: the disk quota of ${p} is used up. No file was changed; free space first.`],
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
  const [kind, say, usual] = explanation;
  const known = error instanceof Error && 'advice' in error ? String(error.advice) : usual;
  const message = say(printable(requested)) + (known === undefined ? '' : ` ${known}`);
  return new GatewayError(kind, message, { details: { errno: code } });
}
