import { isAscii } from 'node:buffer';
import { GatewayError } from '../../../core/errors.ts';
import { type ByteSource, bufferSource, fileSource, skipLines, unitBytes } from '../io/byte-source.ts';
import { hashOf, readAt, readWhole } from '../io/read.ts';
import type { OpenFile } from '../sandbox/place.ts';
import { decodeText, endsInHalf, formatAs, looksBinary, type TextFormat } from './encoding.ts';
import { requireConvertible } from './escape-encodings.ts';
import { isLongerInJson } from './json-length.ts';
import { likelyUtf16 } from './likely-utf16.ts';
import { type LineEnd, lineEndOf } from './line-ends.ts';
import { asLines, formatAt, locate, type SpanRequest, type TextSpan, textAt } from './text-span.ts';

export interface TextRequest extends SpanRequest {
  readonly encoding?: string | undefined;
  readonly lineNumbers?: boolean | undefined;
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
  /** What is not in the content though it was asked for, and why. */
  readonly note?: string;
}

/** Files up to this size are read whole, so that their hash and line count can be told. */
const wholeBytes = 4_194_304;
const sampleBytes = 65_536;
/** Of a binary file: JSON writes a NUL with six characters. */
const binaryBytes = 65_536;
/** Characters that JSON writes for each byte, as it may: of control characters six, of which a result has no room for 1 MiB. */
const mostEscaped = 2;
const longestEscape = 6;

/** A part of a file as text. Memory is bounded by the caps whatever the file's size. */
export async function readText(file: OpenFile, request: TextRequest, signal: AbortSignal): Promise<TextWindow> {
  const small = file.stats.size <= Math.max(wholeBytes, request.maxBytes);
  const whole = small
    ? await readWhole(file, Math.max(wholeBytes, request.maxBytes), 'a whole read', signal)
    : undefined;
  const sample = whole ?? (await readAt(file.fd, 0, sampleBytes));
  const begun = formatAs(sample, whole !== undefined, request.encoding);
  requireConvertible(begun.encoding);
  const partial = [request.head, request.tail, request.offset, request.limit, request.byteOffset, request.encoding];
  if (partial.every((part) => part === undefined)) requireText(sample, begun);
  const source = await asLines(whole ? bufferSource(whole) : fileSource(file), begun, signal);
  const maxBytes = looksBinary(sample, begun) ? Math.min(request.maxBytes, binaryBytes) : request.maxBytes;
  const decoded = whole && decodeText(whole, begun);
  // A long file that begins with ASCII may be anything: what is read of it tells.
  const isOpen = whole === undefined && request.encoding === undefined && !begun.bom && isAscii(sample);
  const capped = { ...request, maxBytes };
  const first = await readSpan(source, begun, decoded, capped, signal);
  const format = isOpen && mayBeOther(first.text) ? await formatAt(source, begun, first.span) : begun;
  requireConvertible(format.encoding);
  const { span, text } = format === begun ? first : await readSpan(source, format, decoded, capped, signal);
  const newline = String.fromCharCode(source.lineEnd);
  const content = (request.head || request.limit) && !span.cut ? withoutLastLineEnd(text, newline) : text;
  const next = span.end < source.size ? span.end : undefined;
  const line = request.lineNumbers ? await lineOf(source, span, signal) : span.line;
  return {
    content: request.lineNumbers ? numbered(content, line ?? 1, newline) : content,
    ...format,
    eol: decoded === undefined ? lineEndSeen(newline, [decodeText(sample, format), text]) : lineEndOf(decoded),
    size: file.stats.size,
    ...(whole ? { hash: hashOf(whole) } : {}),
    ...(decoded === undefined ? {} : { total_lines: totalLines(decoded, newline) }),
    truncated: span.cut,
    ...noteOf(
      request.lineNumbers && request.byteOffset ? await midLine(source, span, line) : undefined,
      next === undefined ? await halfUnit(file, format) : undefined,
    ),
    ...nextStep(text.endsWith(newline), next, line === undefined ? undefined : line + countOf(text, newline)),
  };
}

/** What is asked for, with its text; less of it where JSON would write more for it than a result has room for. */
async function readSpan(
  source: ByteSource,
  format: TextFormat,
  decoded: string | undefined,
  request: SpanRequest,
  signal: AbortSignal,
): Promise<{ span: TextSpan; text: string }> {
  const unit = unitBytes(source);
  const upTo = async (most: number) => {
    const span = await locate(source, format, { ...request, maxBytes: Math.max(unit, most - (most % unit)) }, signal);
    const isAll = span.start === 0 && span.end === source.size;
    return { span, text: isAll && decoded !== undefined ? decoded : await textAt(source, format, span) };
  };
  const { maxBytes } = request;
  const read = await upTo(maxBytes);
  if (maxBytes <= binaryBytes || !isLongerInJson(read.text, mostEscaped * maxBytes)) return read;
  return upTo(Math.floor((maxBytes * mostEscaped) / longestEscape));
}

/** Says of the end of UTF-16 that its last byte is no whole unit, which decoding leaves out. */
async function halfUnit({ fd, stats: { size } }: OpenFile, format: TextFormat): Promise<string | undefined> {
  if (!endsInHalf(size, format)) return undefined;
  const last = (await readAt(fd, size - 1, 1)).toString('hex');
  return `The file has an odd number of bytes: the last one, 0x${last}, is half of a unit of ${format.encoding} and left out.`;
}

/** Says where the first line that is numbered is not whole. */
async function midLine(source: ByteSource, { start }: TextSpan, line: number | undefined): Promise<string | undefined> {
  const unit = unitBytes(source);
  if (start < unit) return undefined;
  const before = await source.read(start - unit, unit);
  const last = unit === 1 ? before[0] : source.unit === 'utf-16le' ? before.readUInt16LE() : before.readUInt16BE();
  return last === source.lineEnd ? undefined : `Line ${line} is shown from within it, where byte_offset is.`;
}

function noteOf(...notes: readonly (string | undefined)[]): { note?: string } {
  const said = notes.filter((note) => note !== undefined);
  return said.length === 0 ? {} : { note: said.join(' ') };
}

/** Throws where the beginning of a file is no text, or not text in an encoding that is known. */
function requireText(sample: Buffer, format: TextFormat): void {
  const binary = looksBinary(sample, format);
  const utf16 = likelyUtf16(sample, format);
  if (!binary && !utf16) return;
  const otherwise = 'read_media_file, or ask for a part of it with head, tail or byte_offset.';
  const what = binary ? 'is binary (it has NUL bytes)' : 'is in an unknown encoding (it is not valid UTF-8)';
  throw new GatewayError(
    'unsupported',
    utf16
      ? `The file ${what}, or it is text in UTF-16 without a mark: then read it with encoding: "${utf16}". If that is not text, use ${otherwise}`
      : `The file ${what}. Use ${otherwise}`,
  );
}

function mayBeOther(text: string): boolean {
  return text.includes('\ufffd') || text.includes('\x1b');
}

/** The line ends of a file of which only parts were looked at, and how its lines end. */
function lineEndSeen(newline: string, parts: readonly string[]): LineEnd {
  if (newline === '\r') return 'cr';
  const seen = new Set(parts.filter((part) => part.includes('\n')).map(lineEndOf));
  const [only = 'none'] = seen;
  return seen.size > 1 ? 'mixed' : only;
}

async function lineOf(source: ByteSource, span: TextSpan, signal: AbortSignal): Promise<number> {
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
  if (content === '') return '';
  const end = content.endsWith(newline) ? newline : '';
  const lines = (end ? content.slice(0, -1) : content).split(newline);
  return lines.map((line, index) => `${String(first + index).padStart(6)}\t${line}`).join(newline) + end;
}

/** Without the last line's end: how `head` and `limit` hand lines over, as the reference server does. */
function withoutLastLineEnd(text: string, newline: string): string {
  return newline === '\r' ? text.replace(/\r$/, '') : text.replace(/\r?\n$/, '');
}
