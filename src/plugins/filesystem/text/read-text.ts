import { isUtf8 } from 'node:buffer';
import { GatewayError } from '../../../core/errors.ts';
import { type ByteSource, bufferSource, fileSource, lastLines, skipLines, withLineEnds } from '../io/byte-source.ts';
import { hashOf, readAt, readWhole } from '../io/read.ts';
import type { OpenFile } from '../sandbox/place.ts';
import {
  bomOf,
  decodeText,
  detectFormat,
  looksBinary,
  namedEncoding,
  type TextFormat,
  wholeCharacters,
} from './encoding.ts';
import { type LineEnd, lineEndOf } from './line-ends.ts';

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

/** A part of a file as text. Memory is bounded by the caps whatever the file's size, except UTF-16, which `editBytes` caps. */
export async function readText(
  file: OpenFile,
  request: TextRequest,
  editBytes: number,
  signal: AbortSignal,
): Promise<TextWindow> {
  const small = file.stats.size <= Math.max(wholeBytes, request.maxBytes);
  const whole = small
    ? await readWhole(file, Math.max(wholeBytes, request.maxBytes), 'a whole read', signal)
    : undefined;
  const sample = whole ?? (await readAt(file.fd, 0, sampleBytes));
  const format = formatOf(sample, whole !== undefined, request.encoding);
  const partial = [request.head, request.tail, request.offset, request.limit, request.byteOffset, request.encoding];
  if (looksBinary(sample, format) && partial.every((part) => part === undefined)) {
    throw new GatewayError(
      'unsupported',
      'The file is binary (it has NUL bytes). Use read_media_file, or ask for a part of it with head, tail or byte_offset.',
    );
  }
  const { source, decode } = await asLines(file, whole, format, editBytes, signal);
  const maxBytes = looksBinary(sample, format) ? Math.min(request.maxBytes, binaryBytes) : request.maxBytes;
  const span = await locate(source, { ...request, maxBytes }, signal);
  const bytes = await source.read(span.start, span.end - span.start);
  const text = decode(span.start === 0 ? bytes : wholeStart(bytes, format));
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
    ...nextStep(bytes.at(-1) === source.lineEnd, next, line === undefined ? undefined : line + countOf(text, newline)),
  };
}

/** The line ends of a file of which only parts were looked at, and how its lines end. */
function lineEndSeen(newline: string, parts: readonly string[]): LineEnd {
  if (newline === '\r') return 'cr';
  const seen = new Set(parts.filter((part) => part.includes('\n')).map(lineEndOf));
  const [only = 'none'] = seen;
  return seen.size > 1 ? 'mixed' : only;
}

function formatOf(sample: Buffer, complete: boolean, wanted: string | undefined): TextFormat {
  const detected = detectFormat(sample, complete);
  if (wanted === undefined) return detected;
  const encoding = namedEncoding(wanted);
  return { encoding, bom: detected.bom && detected.encoding === encoding };
}

/** The file as bytes in which the end of a line is one byte: UTF-16 is converted, everything else already is. */
async function asLines(
  file: OpenFile,
  whole: Buffer | undefined,
  format: TextFormat,
  editBytes: number,
  signal: AbortSignal,
): Promise<{ source: ByteSource; decode: (bytes: Buffer) => string }> {
  if (format.encoding.startsWith('utf-16')) {
    const bytes = whole ?? (await readWhole(file, editBytes, 'reading UTF-16', signal));
    const utf8 = Buffer.from(decodeText(bytes, format), 'utf8');
    return { source: await withLineEnds(bufferSource(utf8), signal), decode: (part) => part.toString('utf8') };
  }
  const skip = format.bom ? bomOf(format.encoding).length : 0;
  const all = whole ? bufferSource(whole) : fileSource(file);
  const body: ByteSource = {
    ...all,
    size: all.size - skip,
    read: (position, length, scratch) => all.read(position + skip, length, scratch),
  };
  const source = await withLineEnds(body, signal);
  return { source, decode: (bytes) => decodeText(bytes, { encoding: format.encoding, bom: false }) };
}

async function locate(source: ByteSource, request: TextRequest, signal: AbortSignal): Promise<Span> {
  const { maxBytes } = request;
  if (request.tail) {
    const { position, whole } = await lastLines(source, request.tail, maxBytes, signal);
    return { start: position, end: source.size, cut: !whole };
  }
  if (request.byteOffset !== undefined) {
    const start = request.byteOffset;
    if (start > source.size) {
      throw new GatewayError(
        'invalid_input',
        `byte_offset ${start} is past the end: the file has ${source.size} bytes.`,
      );
    }
    return capped(source, { start, end: source.size }, maxBytes);
  }
  const first = request.offset ?? 1;
  const { position: start, lines } = await skipLines(source, 0, first - 1, source.size, signal);
  if (lines < first - 1) {
    throw new GatewayError('invalid_input', `offset ${first} is past the end: the file has ${lines + 1} lines.`);
  }
  const count = request.head || request.limit;
  if (!count) return { ...(await capped(source, { start, end: source.size }, maxBytes)), line: first };
  const { position: end, lines: got } = await skipLines(
    source,
    start,
    count,
    Math.min(source.size, start + maxBytes),
    signal,
  );
  const cut = got < count && end < source.size;
  return { start, end: cut ? await characterEnd(source, start, end) : end, line: first, cut };
}

/** A span of at most `maxBytes`, ended after a line where there is one in it, else after a whole character. */
async function capped(source: ByteSource, span: { start: number; end: number }, maxBytes: number): Promise<Span> {
  if (span.end - span.start <= maxBytes) return { ...span, cut: false };
  const bytes = await source.read(span.start, maxBytes);
  const lineEnd = bytes.lastIndexOf(source.lineEnd);
  const end = lineEnd > 0 ? span.start + lineEnd + 1 : span.start + wholeCharacters(bytes).length;
  return { start: span.start, end, cut: true };
}

async function characterEnd(source: ByteSource, start: number, end: number): Promise<number> {
  const last = await source.read(Math.max(start, end - 4), end - Math.max(start, end - 4));
  return end - (last.length - wholeCharacters(last).length);
}

/** Drops the rest of a character that a byte offset or a capped tail cut in two. */
function wholeStart(bytes: Buffer, { encoding }: TextFormat): Buffer {
  if (encoding !== 'utf-8' || isUtf8(bytes)) return bytes;
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return bytes.subarray(start);
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
