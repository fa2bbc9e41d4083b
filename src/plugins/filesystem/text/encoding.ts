import { isUtf8 } from 'node:buffer';
import { GatewayError } from '../../../core/errors.ts';
import { escapeEncoding, isStateful, isUnconvertible, requireConvertible } from './escape-encodings.ts';
import { isMultiByte, unfinishedBytes } from './multi-byte.ts';

/** How a file's bytes are text. `encoding` is a WHATWG name; files that are neither UTF-8 nor UTF-16 are read byte by byte. */
export interface TextFormat {
  readonly encoding: string;
  readonly bom: boolean;
}

const fallback = 'windows-1252';
const boms: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** The byte order mark of an encoding; empty for those that have none. */
export function bomOf(encoding: string): Buffer {
  return Buffer.from(boms.find(([name]) => name === encoding)?.[1] ?? []);
}

/** What the bytes are, judged from a whole file or its beginning (`complete: false` forgives a character cut at the end). */
export function detectFormat(bytes: Buffer, complete: boolean): TextFormat {
  for (const [encoding, mark] of boms) {
    if (mark.every((byte, index) => bytes[index] === byte) && !isUtf32(bytes)) return { encoding, bom: true };
  }
  const escaped = escapeEncoding(bytes);
  if (escaped) return { encoding: escaped, bom: false };
  const utf16 = bareUtf16(bytes);
  if (utf16) return { encoding: utf16, bom: false };
  if (isUtf8(complete ? bytes : wholeCharacters(bytes, { encoding: 'utf-8' })))
    return { encoding: 'utf-8', bom: false };
  return { encoding: fallback, bom: false };
}

/** What the bytes are in the encoding that a caller asks for, or else as `detectFormat` judges them. */
export function formatAs(bytes: Buffer, complete: boolean, wanted: string | undefined): TextFormat {
  const detected = detectFormat(bytes, complete);
  if (wanted === undefined) return detected;
  const encoding = namedEncoding(wanted);
  return { encoding, bom: detected.bom && detected.encoding === encoding };
}

/** Whether the encoding is only what is taken where nothing says which it is: no mark, and neither UTF-8 nor UTF-16. */
export function isGuess({ encoding }: TextFormat): boolean {
  return encoding === fallback;
}

/** Whether the last byte of a file of that size is half of a unit of UTF-16. The mark is a whole one. */
export function endsInHalf(size: number, { encoding }: TextFormat): boolean {
  return encoding.startsWith('utf-16') && size % 2 === 1;
}

/** The WHATWG name of an encoding that a caller asks for; throws `invalid_input` for one that is not known. */
export function namedEncoding(label: string): string {
  const plain = label.trim().toLowerCase();
  if (isUnconvertible(plain)) {
    throw new GatewayError('unsupported', `Text in ${plain} can be neither read nor written here. Use utf-8.`);
  }
  try {
    const name = new TextDecoder(label).encoding;
    return name;
  } catch {
    throw new GatewayError(
      'invalid_input',
      `Unknown encoding "${label.slice(0, 40)}". Use a WHATWG name: utf-8, utf-16le, utf-16be, windows-1252, iso-8859-2, koi8-r, …`,
    );
  }
}

/** Whether the beginning of a file has NUL bytes that no text of its encoding has. */
export function looksBinary(sample: Buffer, { encoding }: TextFormat): boolean {
  return !encoding.startsWith('utf-16') && sample.subarray(0, 8192).includes(0);
}

/**
 * Text without the byte order mark. Bytes that the encoding does not have become U+FFFD; one that cannot be converted
 * (see `requireConvertible`) is taken for ASCII.
 */
export function decodeText(bytes: Buffer, { encoding, bom }: TextFormat): string {
  const body = bom ? bytes.subarray(bomOf(encoding).length) : bytes;
  if (encoding === 'utf-8') return body.toString('utf8');
  if (encoding === 'utf-16le') return body.toString('utf16le');
  if (encoding === 'utf-16be')
    return Buffer.from(body.subarray(0, body.length & ~1))
      .swap16()
      .toString('utf16le');
  return decodeBytes(body, encoding);
}

/** Bytes 0x80 to 0x9F in the WHATWG encoding standard, which TextDecoder of Node 20 reads as control characters. */
const above7f =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

const windows1252 = Uint16Array.from({ length: 256 }, (_, byte) => above7f.charCodeAt(byte - 0x80) || byte);

function decodeBytes(bytes: Buffer, encoding: string): string {
  if (encoding !== 'windows-1252' && !isUnconvertible(encoding)) return new TextDecoder(encoding).decode(bytes);
  const latin1 = bytes.toString('latin1');
  if (!/[\u0080-\u009f]/.test(latin1)) return latin1;
  const units = new Uint16Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) units[at] = windows1252[bytes[at] ?? 0] ?? 0;
  return Buffer.from(units.buffer).toString('utf16le');
}

/** The bytes of the text, mark included. Throws `invalid_input` naming the first character the encoding does not have. */
export function encodeText(text: string, { encoding, bom }: TextFormat): Buffer {
  const mark = bom ? bomOf(encoding) : Buffer.alloc(0);
  return Buffer.concat([mark, encodeBody(text, encoding)]);
}

function encodeBody(text: string, encoding: string): Buffer {
  requireConvertible(encoding, 'The file', 'Nothing was changed. ');
  if (encoding === 'utf-8') return encodeUtf8(text);
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  const table = encodingTable(encoding);
  const bytes = Buffer.alloc(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = table.get(text.charCodeAt(i));
    if (byte === undefined) {
      throw new GatewayError(
        'invalid_input',
        `The file is ${encoding}, which has no character ${named(text.codePointAt(i) ?? 0xfffd)}. Leave it out, or convert the file with write_file and encoding: "utf-8".`,
      );
    }
    bytes[i] = byte;
  }
  return bytes;
}

/** Half a surrogate pair has no bytes in UTF-8: written, it would be another character, and nobody would be told. */
function encodeUtf8(text: string): Buffer {
  const half = /\p{Surrogate}/u.exec(text);
  if (!half) return Buffer.from(text, 'utf8');
  throw new GatewayError(
    'invalid_input',
    `The text has half a surrogate pair, ${named(half[0].charCodeAt(0))}, at character ${half.index + 1}, which UTF-8 cannot hold. Leave it out, or write the whole character. Nothing was written.`,
  );
}

function named(code: number): string {
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return code < 0x20 || (code >= 0xd800 && code <= 0xdfff) ? hex : `"${String.fromCodePoint(code)}" (${hex})`;
}

const tables = new Map<string, Map<number, number>>();

/** Character to byte for a single-byte encoding, read off the decoder; throws `unsupported` for encodings of several bytes. */
function encodingTable(encoding: string): Map<number, number> {
  const known = tables.get(encoding);
  if (known) return known;
  const decoded = decodeBytes(Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte)), encoding);
  if (decoded.length !== 256 || isStateful(encoding)) {
    const ascii =
      'Lines of ASCII alone can be changed without encoding, by edit_file and apply_patch; for more, convert';
    throw new GatewayError(
      'unsupported',
      `Files in ${encoding} can be read but not written. ${isStateful(encoding) ? 'Convert' : ascii} the file: read it in ${encoding}, and write it with write_file and encoding: "utf-8".`,
    );
  }
  const table = new Map<number, number>();
  for (let byte = 0; byte < 256; byte++) {
    const code = decoded.charCodeAt(byte);
    if (code !== 0xfffd) table.set(code, byte);
  }
  tables.set(encoding, table);
  return table;
}

/** The bytes, which begin with a whole character unless they are UTF-8 or UTF-16, without one that is cut off at the end. */
export function wholeCharacters(bytes: Buffer, { encoding }: Pick<TextFormat, 'encoding'>): Buffer {
  if (encoding.startsWith('utf-16')) {
    const high = bytes[bytes.length - (encoding === 'utf-16le' ? 1 : 2)] ?? 0;
    return (high & 0xfc) === 0xd8 ? bytes.subarray(0, bytes.length - 2) : bytes;
  }
  if (isMultiByte(encoding)) return bytes.subarray(0, bytes.length - unfinishedBytes(bytes, encoding));
  if (encoding !== 'utf-8') return bytes;
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

function isUtf32(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes[0] === 0xff && bytes[1] === 0xfe && bytes[2] === 0 && bytes[3] === 0;
}

/** UTF-16 without a mark: one half of the bytes is mostly NUL and the other never. */
function bareUtf16(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const sample = bytes.subarray(0, 4096);
  if (sample.length < 4) return undefined;
  let even = 0;
  let odd = 0;
  for (let i = 0; i + 1 < sample.length; i += 2) {
    if (sample[i] === 0) even++;
    if (sample[i + 1] === 0) odd++;
  }
  const most = (sample.length / 2) * 0.4;
  if (odd > most && even === 0) return 'utf-16le';
  return even > most && odd === 0 ? 'utf-16be' : undefined;
}
