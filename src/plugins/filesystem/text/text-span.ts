import { isUtf8 } from 'node:buffer';
import { GatewayError } from '../../../core/errors.ts';
import { type ByteSource, lastLineEndIn, lastLines, skipLines, unitBytes, withLineEnds } from '../io/byte-source.ts';
import { bomOf, decodeText, detectFormat, isGuess, type TextFormat, wholeCharacters } from './encoding.ts';
import { isStateful } from './escape-encodings.ts';
import { isMultiByte, unfinishedBytes } from './multi-byte.ts';

/** Which part of a file is wanted. */
export interface SpanRequest {
  readonly head?: number | undefined;
  readonly tail?: number | undefined;
  /** First line, from 1. */
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
  readonly byteOffset?: number | undefined;
  readonly maxBytes: number;
}

export interface TextSpan {
  readonly start: number;
  readonly end: number;
  /** Number of the line at `start`, where it is known without reading the rest of the file. */
  readonly line?: number;
  readonly cut: boolean;
}

/** Bytes of one, in any encoding. */
const longestCharacter = 4;
/** Where no byte in them tells the beginning of a character, it is taken for sure that they begin with one. */
const lookBackBytes = 65_536;

/** The file without its mark, as lines of its encoding. */
export function asLines(all: ByteSource, { encoding, bom }: TextFormat, signal: AbortSignal): Promise<ByteSource> {
  const skip = bom ? bomOf(encoding).length : 0;
  const unit = encoding === 'utf-16le' || encoding === 'utf-16be' ? encoding : 'byte';
  const size = all.size - skip;
  const body: ByteSource = {
    ...all,
    unit,
    size: size - (size % unitBytes({ ...all, unit })),
    read: (position, length, scratch) => all.read(position + skip, length, scratch),
  };
  return withLineEnds(body, signal);
}

/** Where the part that is asked for is. */
export async function locate(
  source: ByteSource,
  format: TextFormat,
  request: SpanRequest,
  signal: AbortSignal,
): Promise<TextSpan> {
  const { maxBytes } = request;
  if (request.tail) {
    const { position, whole } = await lastLines(source, request.tail, maxBytes, signal);
    const start = whole ? position : await characterStart(source, format, position);
    return { start, end: source.size, cut: !whole };
  }
  if (request.byteOffset !== undefined) {
    const start = request.byteOffset - (request.byteOffset % unitBytes(source));
    if (start > source.size) {
      throw new GatewayError(
        'invalid_input',
        `byte_offset ${request.byteOffset} is past the end: the file has ${source.size} bytes.`,
      );
    }
    return capped(source, format, await characterStart(source, format, start), maxBytes);
  }
  const first = request.offset ?? 1;
  const { position: start, lines } = await skipLines(source, 0, first - 1, source.size, signal);
  if (lines < first - 1) {
    const last = await source.read(Math.max(0, source.size - unitBytes(source)), unitBytes(source));
    const count = lines + (lastLineEndIn(source, last) === -1 && source.size > 0 ? 1 : 0);
    throw new GatewayError('invalid_input', `offset ${first} is past the end: the file has ${count} lines.`);
  }
  const count = request.head || request.limit;
  if (!count) return { ...(await capped(source, format, start, maxBytes)), line: first };
  const { position: end, lines: got } = await skipLines(
    source,
    start,
    count,
    Math.min(source.size, start + maxBytes),
    signal,
  );
  const cut = got < count && end < source.size;
  return { start, end: cut ? await characterEnd(source, format, start, end) : end, line: first, cut };
}

/** A span of at most `maxBytes`, ended after a line where there is one in it, else after a whole character. */
async function capped(source: ByteSource, format: TextFormat, start: number, maxBytes: number): Promise<TextSpan> {
  if (source.size - start <= maxBytes) return { start, end: source.size, cut: false };
  const lineEnd = lastLineEndIn(source, await source.read(start, maxBytes));
  if (lineEnd > 0) return { start, end: start + lineEnd + unitBytes(source), cut: true };
  return { start, end: await characterEnd(source, format, start, start + maxBytes), cut: true };
}

/** Where the last whole character of a span ends, or, where it has none, the first: a caller who goes on gets further. */
async function characterEnd(source: ByteSource, format: TextFormat, start: number, end: number): Promise<number> {
  const from = isMultiByte(format.encoding) ? start : Math.max(start, end - longestCharacter);
  const last = await source.read(from, end - from);
  const whole = end - (last.length - wholeCharacters(last, format).length);
  if (whole > start) return whole;
  const first = await source.read(start, longestCharacter);
  for (let length = end - start; length < first.length; length += unitBytes(source)) {
    if (wholeCharacters(first.subarray(0, length), format).length > 0) return start + length;
  }
  return start + first.length;
}

/** Where the first whole character at or after a position begins; in encodings that `wholeStart` can tell, the position. */
async function characterStart(source: ByteSource, { encoding }: TextFormat, position: number): Promise<number> {
  if (!isMultiByte(encoding)) return position;
  const before = await source.read(Math.max(0, position - lookBackBytes), Math.min(position, lookBackBytes));
  const begun = unfinishedBytes(before, encoding);
  const cut = begun === 0 ? Buffer.alloc(0) : await source.read(position - begun, longestCharacter);
  for (let length = begun + 1; length <= cut.length; length++) {
    if (unfinishedBytes(cut.subarray(0, length), encoding) === 0) return position - begun + length;
  }
  return position;
}

/** What is there as text, without a character whose beginning is not. */
export async function textAt(source: ByteSource, format: TextFormat, { start, end }: TextSpan): Promise<string> {
  const bytes = await source.read(start, end - start);
  return decodeText(start === 0 ? bytes : wholeStart(bytes, format), { ...format, bom: false });
}

/** What a part of a file is, of which nothing else tells; `format` where it may be that. */
export async function formatAt(source: ByteSource, format: TextFormat, { start, end }: TextSpan): Promise<TextFormat> {
  const bytes = await source.read(start, end - start);
  const found = detectFormat(start === 0 ? bytes : wholeStart(bytes, format), false);
  return isGuess(found) || isStateful(found.encoding) ? found : format;
}

/** Drops the rest of a character that a byte offset or a capped tail cut in two. */
function wholeStart(bytes: Buffer, { encoding }: TextFormat): Buffer {
  if (encoding.startsWith('utf-16')) return startsWithLowSurrogate(bytes, encoding) ? bytes.subarray(2) : bytes;
  if (encoding !== 'utf-8' || isUtf8(bytes)) return bytes;
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return bytes.subarray(start);
}

function startsWithLowSurrogate(bytes: Buffer, encoding: string): boolean {
  return ((bytes[encoding === 'utf-16le' ? 1 : 0] ?? 0) & 0xfc) === 0xdc;
}
