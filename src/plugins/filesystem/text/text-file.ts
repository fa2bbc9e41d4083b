import { isAscii } from 'node:buffer';
import type { Stats } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import { hashOf, readWhole } from '../io/read.ts';
import { printable } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';
import {
  decodeText,
  detectFormat,
  encodeText,
  endsInHalf,
  formatAs,
  isGuess,
  looksBinary,
  namedEncoding,
  type TextFormat,
} from './encoding.ts';
import { requireConvertible } from './escape-encodings.ts';
import { likelyUtf16 } from './likely-utf16.ts';
import { keepsUnknownBytes } from './unknown-bytes.ts';
import { isWesternText } from './western-text.ts';

/** A whole text file as it is before a change. */
export interface TextFile {
  readonly stats: Stats;
  readonly bytes: Buffer;
  readonly text: string;
  readonly format: TextFormat;
  /** The encoding is what nothing speaks against, and may be another: no byte of it that is not ASCII may change. */
  readonly guessed: boolean;
}

const editing = {
  what: 'editing',
  advice: 'Nothing was changed. Replace it whole with write_file, or have limits.editBytes raised.',
};

/**
 * Reads a file that is to be changed as text, in the encoding that the caller names or else the one found out. Throws
 * where its bytes would not come back the same from its text.
 */
export async function readTextFileAt(
  place: Place,
  maxBytes: number,
  encoding: string | undefined,
  signal: AbortSignal,
): Promise<TextFile> {
  const { stats, bytes } = await place.withFile(async (file) => ({
    stats: file.stats,
    bytes: await readWhole(file, maxBytes, editing, signal),
  }));
  requireEncoding(bytes, place, encoding);
  return { stats, bytes, ...requireReversible(bytes, place, encoding) };
}

/** The bytes as text. Throws where they would not come back the same from it: what is written would not fit to them. */
export function requireReversible(
  bytes: Buffer,
  place: Place,
  encoding?: string,
): Pick<TextFile, 'text' | 'format' | 'guessed'> {
  const format = formatAs(bytes, true, encoding);
  requireConvertible(format.encoding, printable(place.requested), 'Nothing was changed. ');
  const utf16 = encoding === undefined ? likelyUtf16(bytes, format) : undefined;
  if (utf16) throw unmarked(place, utf16);
  const text = decodeText(bytes, format);
  if (!looksBinary(bytes, format) && encodeText(text, format).equals(bytes))
    return { text, format, guessed: encoding === undefined && isGuess(format) };
  const what = encoding === undefined ? 'text in any encoding' : `text in ${format.encoding}`;
  const half = endsInHalf(bytes.length, format);
  const why = half ? `: it has an odd number of bytes, the last of which is half of a unit of ${format.encoding}` : '';
  throw new GatewayError(
    'unsupported',
    `${printable(place.requested)} is not ${what} that can be written back unchanged${why}. Nothing was changed. ${encoding === undefined ? '' : 'Name another encoding. '}Replace it whole with write_file.`,
  );
}

function unmarked(place: Place, utf16: string): GatewayError {
  return new GatewayError(
    'unsupported',
    `${printable(place.requested)} is binary, or text in UTF-16 without a mark. Nothing was changed. Read it with encoding: "${utf16}"; if that is text, change it with edit_file and the same encoding, else replace it whole with write_file.`,
  );
}

/** Throws where a file is known to be in another encoding than the one named: what is written in that would be unreadable in it. */
export function requireEncoding(bytes: Buffer, place: Place, encoding: string | undefined): void {
  if (encoding === undefined || bytes.length === 0) return;
  const detected = detectFormat(bytes, true);
  requireConvertible(detected.encoding, printable(place.requested), 'Nothing was changed. ');
  const named = namedEncoding(encoding);
  const isPlain = detected.encoding === 'utf-8' && !detected.bom && isAscii(bytes);
  const isOpen = isPlain ? !named.startsWith('utf-16') : isGuess(detected) && !named.startsWith('utf-');
  if (named === detected.encoding || isOpen || named === likelyUtf16(bytes, detected)) return;
  const what = isGuess(detected) ? `not text in ${named}` : isPlain ? 'ASCII alone' : detected.encoding;
  throw new GatewayError(
    'invalid_input',
    `${printable(place.requested)} is ${what}, and would be neither one nor the other with text in ${named} in it. Leave encoding out, which keeps that of the file, or write it whole with write_file and encoding: "${named}". Nothing was changed.`,
  );
}

/** Throws where a change of a file in a guessed encoding is of more than the ASCII that any encoding it may be in has. */
export function requireKnownBytes(
  { bytes, format, guessed }: Pick<TextFile, 'bytes' | 'format' | 'guessed'>,
  after: Buffer,
  place: Place,
): void {
  if (!guessed || keepsUnknownBytes(bytes, after) || isWesternText(bytes)) return;
  throw new GatewayError(
    'invalid_input',
    `${printable(place.requested)} is in an unknown encoding: it is not valid UTF-8, and ${format.encoding} is only a guess. Characters that are not ASCII, and what stands right behind them, are changed only in an encoding that you name: set encoding to the single-byte one that it is (${format.encoding} if what you read looks right). One of several bytes (Shift_JIS, GBK, …) can be read but not written. Nothing was changed.`,
  );
}

/** The bytes of an edited text. Throws `too_large` for more of them than could be edited again. */
export function encodeEdited(text: string, format: TextFormat, maxBytes: number): Buffer {
  const bytes = encodeText(text, format);
  requireEditable(bytes.length, maxBytes);
  return bytes;
}

/** Throws `too_large` where an edit, a patch or what is appended makes a file too large to be edited again. */
export function requireEditable(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new GatewayError(
    'too_large',
    `The file would have ${bytes} bytes; what is edited, patched or appended to may have at most ${maxBytes} (limits.editBytes). Nothing was changed. Add less, write the rest to another file, or have the limit raised.`,
  );
}

/** Throws where the file is not the one that the caller has read. `bytes` undefined: there is no file. */
export function requireHash(expected: string | undefined, bytes: Buffer | undefined, place: Place): void {
  if (expected === undefined) return;
  const actual = bytes === undefined ? 'that of no file: it does not exist' : hashOf(bytes);
  if (actual === expected.toLowerCase()) return;
  throw new GatewayError(
    'invalid_input',
    `${printable(place.requested)} has changed since it was read: expected_hash is ${expected}, the file's is ${actual}. Read it again; nothing was written.`,
  );
}
