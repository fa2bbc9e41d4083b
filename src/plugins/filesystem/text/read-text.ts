import { isUtf8 } from 'node:buffer';
import { GatewayError } from '../../../core/errors.ts';
import {
  type ByteSource,
  bufferSource,
  fileSource,
  lastLineEndIn,
  lastLines,
  skipLines,
  unitBytes,
  withLineEnds,
} from '../io/byte-source.ts';
import { hashOf, readAt, readWhole } from '../io/read.ts';
import type { OpenFile } from '../sandbox/place.ts';
import { bomOf, decodeText, formatAs, looksBinary, type TextFormat, wholeCharacters } from './encoding.ts';
import { type LineEnd, lineEndOf } from './line-ends.ts';
import { isMultiByte, unfinishedBytes } from './multi-byte.ts';

export interface TextRequest {
  readonly head?: number | undefined;
  readonly tail?: number | undefined;
  /** First line, from 1. */
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
  readonly byteOffset?: number | undefined;
  readonly encoding?: string | undefined;
  readonly lineNumbers?: boolean | undefined;
  readonly maxBytes: number;
}

export interface TextWindow {
  readonly content: string;
  readonly encoding: string;
  readonly bom: boolean;
  /** Of the file; of one that is not read whole, of its beginning and the content. */
  readonly eol: LineEnd;
  readonly size: number;
  /** Only where the whole file was looked at. */
  readonly hash?: string;
  readonly total_lines?: number;
  /** True when a cap, not the request, ended the content. */
  readonly truncated: boolean;
  readonly next_offset?: number;
  readonly next_byte_offset?: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
  /** Number of the line at `start`, where it is known without reading the rest of the file. */
  readonly line?: number;
  readonly cut: boolean;
}

/** Files up to this size are read whole, so that their hash and line count can be told. */
const wholeBytes = 4_194_304;
const sampleBytes = 65_536;
/** Of a binary file: JSON writes a NUL with six characters. */
const binaryBytes = 65_536;
/** Characters that JSON writes for each byte, as it may: of control characters six, of which a result has no room for 1 MiB. */
const mostEscaped = 2;
const longestEscape = 6;
/** Bytes of one, in any encoding. */
const longestCharacter = 4;
/** Where no byte in them tells the beginning of a character, it is taken for sure that they begin with one. */
const lookBackBytes = 65_536;

/** A part of a file as text. Memory is bounded by the caps whatever the file's size. */
export async function readText(file: OpenFile, request: TextRequest, signal: AbortSignal): Promise<TextWindow> {
  const small = file.stats.size <= Math.max(wholeBytes, request.maxBytes);
  const whole = small
    ? await readWhole(file, Math.max(wholeBytes, request.maxBytes), 'a whole read', signal)
    : undefined;
  const sample = whole ?? (await readAt(file.fd, 0, sampleBytes));
  const format = formatAs(sample, whole !== undefined, request.encoding);
  const partial = [request.head, request.tail, request.offset, request.limit, request.byteOffset, request.encoding];
  if (looksBinary(sample, format) && partial.every((part) => part === undefined)) {
    throw new GatewayError(
      'unsupported',
      'The file is binary (it has NUL bytes). Use read_media_file, or ask for a part of it with head, tail or byte_offset.',
    );
  }
  const source = await asLines(whole ? bufferSource(whole) : fileSource(file), format, signal);
  const most = looksBinary(sample, format) ? Math.min(request.maxBytes, binaryBytes) : request.maxBytes;
  const maxBytes = Math.max(unitBytes(source), most - (most % unitBytes(source)));
  const span = await locate(source, format, { ...request, maxBytes }, signal);
  const bytes = await source.read(span.start, span.end - span.start);
  const text = decodeText(span.start === 0 ? bytes : wholeStart(bytes, format), { ...format, bom: false });
  if (maxBytes > binaryBytes && JSON.stringify(text).length > mostEscaped * maxBytes) {
    return readText(file, { ...request, maxBytes: Math.floor((maxBytes * mostEscaped) / longestEscape) }, signal);
  }
  const newline = String.fromCharCode(source.lineEnd);
  const content = (request.head || request.limit) && !span.cut ? withoutLastLineEnd(text, newline) : text;
  const next = span.end < source.size ? span.end : undefined;
  const line = request.lineNumbers ? await lineOf(source, span, signal) : span.line;
  return {
    content: request.lineNumbers ? numbered(content, line ?? 1, newline) : content,
    ...format,
    eol: whole ? lineEndOf(decodeText(whole, format)) : lineEndSeen(newline, [decodeText(sample, format), text]),
    size: file.stats.size,
    ...(whole ? { hash: hashOf(whole), total_lines: totalLines(decodeText(whole, format), newline) } : {}),
    truncated: span.cut,
    ...nextStep(text.endsWith(newline), next, line === undefined ? undefined : line + countOf(text, newline)),
  };
}

/** The line ends of a file of which only parts were looked at, and how its lines end. */
function lineEndSeen(newline: string, parts: readonly string[]): LineEnd {
  if (newline === '\r') return 'cr';
  const seen = new Set(parts.filter((part) => part.includes('\n')).map(lineEndOf));
  const [only = 'none'] = seen;
  return seen.size > 1 ? 'mixed' : only;
}

/** The file without its mark, as lines of its encoding. */
function asLines(all: ByteSource, { encoding, bom }: TextFormat, signal: AbortSignal): Promise<ByteSource> {
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

async function locate(
  source: ByteSource,
  format: TextFormat,
  request: TextRequest,
  signal: AbortSignal,
): Promise<Span> {
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
    throw new GatewayError('invalid_input', `offset ${first} is past the end: the file has ${lines + 1} lines.`);
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
async function capped(source: ByteSource, format: TextFormat, start: number, maxBytes: number): Promise<Span> {
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

async function lineOf(source: ByteSource, span: Span, signal: AbortSignal): Promise<number> {
  if (span.line !== undefined) return span.line;
  return 1 + (await skipLines(source, 0, Number.POSITIVE_INFINITY, span.start, signal)).lines;
}

function nextStep(
  afterLine: boolean,
  next: number | undefined,
  nextLine: number | undefined,
): { next_offset?: number; next_byte_offset?: number } {
  if (next === undefined) return {};
  if (!afterLine || nextLine === undefined) return { next_byte_offset: next };
  return { next_offset: nextLine, next_byte_offset: next };
}

function countOf(text: string, newline: string): number {
  let count = 0;
  for (let at = text.indexOf(newline); at !== -1; at = text.indexOf(newline, at + 1)) count++;
  return count;
}

function totalLines(text: string, newline: string): number {
  return text === '' ? 0 : countOf(text, newline) + (text.endsWith(newline) ? 0 : 1);
}

function numbered(content: string, first: number, newline: string): string {
  const end = content.endsWith(newline) ? newline : '';
  const lines = (end ? content.slice(0, -1) : content).split(newline);
  return lines.map((line, index) => `${String(first + index).padStart(6)}\t${line}`).join(newline) + end;
}

/** Without the last line's end: how `head` and `limit` hand lines over, as the reference server does. */
function withoutLastLineEnd(text: string, newline: string): string {
  return newline === '\r' ? text.replace(/\r$/, '') : text.replace(/\r?\n$/, '');
}
