import type { OpenFile } from '../sandbox/place.ts';
import { readAt } from './read.ts';

/** Bytes that can be read from any position: a file that may be larger than memory, or a buffer. */
export interface ByteSource {
  readonly size: number;
  /** The code of the character that ends a line: LF, or CR where `withLineEnds` says so. */
  readonly lineEnd: number;
  /** Two bytes make a character's unit in UTF-16, low or high byte first; every position is then an even one. */
  readonly unit: 'byte' | 'utf-16le' | 'utf-16be';
  /** `scratch`, if given, may be what the bytes are read into. */
  read(position: number, length: number, scratch?: Buffer): Promise<Buffer>;
}

export function fileSource(file: OpenFile): ByteSource {
  return {
    size: file.stats.size,
    lineEnd: lf,
    unit: 'byte',
    read: (position, length, scratch) => readAt(file.fd, position, length, scratch),
  };
}

export function bufferSource(buffer: Buffer): ByteSource {
  const read: ByteSource['read'] = async (position, length) => buffer.subarray(position, position + length);
  return { size: buffer.length, lineEnd: lf, unit: 'byte', read };
}

const chunkBytes = 1_048_576;
const sampleBytes = 65_536;
const lf = 10;
const cr = 13;

/**
 * The source as the one rule of what a line is has it (see `withLf`): only without any LF does CR end its lines. Of what
 * has neither in its first 64 KiB no more is read to find out, so that one endless line costs nothing.
 */
export async function withLineEnds(source: ByteSource, signal: AbortSignal): Promise<ByteSource> {
  const sample = await source.read(0, sampleBytes);
  const asCr = { ...source, lineEnd: cr };
  if (lineEndIn(source, sample) !== -1 || lineEndIn(asCr, sample) === -1) return source;
  const { lines } = await skipLines(source, sample.length, 1, source.size, signal);
  return lines === 0 ? asCr : source;
}

type LineEnds = Pick<ByteSource, 'lineEnd' | 'unit'>;

/** Bytes of one unit of the text. */
export function unitBytes({ unit }: LineEnds): number {
  return unit === 'byte' ? 1 : 2;
}

/** Where the first line end at or after a position of these bytes begins, or -1. */
function lineEndIn({ lineEnd, unit }: LineEnds, bytes: Buffer, from = 0): number {
  if (unit === 'byte') return bytes.indexOf(lineEnd, from);
  const wanted = unitOf(lineEnd, unit);
  let at = bytes.indexOf(wanted, from);
  while (at % 2 === 1) at = bytes.indexOf(wanted, at + 1);
  return at;
}

/** Where the last line end that begins at or before a position of these bytes begins, or -1. */
export function lastLineEndIn({ lineEnd, unit }: LineEnds, bytes: Buffer, from = bytes.length - 1): number {
  if (from < 0) return -1;
  if (unit === 'byte') return bytes.lastIndexOf(lineEnd, from);
  const wanted = unitOf(lineEnd, unit);
  let at = bytes.lastIndexOf(wanted, from);
  while (at % 2 === 1) at = bytes.lastIndexOf(wanted, at - 1);
  return at;
}

function unitOf(code: number, unit: 'utf-16le' | 'utf-16be'): Buffer {
  return Buffer.from(unit === 'utf-16le' ? [code, 0] : [0, code]);
}

/** Where `count` lines after `from` end: the position behind the last one's end, and how many there were. */
export async function skipLines(
  source: ByteSource,
  from: number,
  count: number,
  limit: number,
  signal: AbortSignal,
): Promise<{ position: number; lines: number }> {
  const width = unitBytes(source);
  let position = from;
  let lines = 0;
  const scratch = limit - from > chunkBytes ? Buffer.allocUnsafeSlow(chunkBytes) : undefined;
  while (lines < count && position < limit) {
    signal.throwIfAborted();
    const chunk = await source.read(position, Math.min(chunkBytes, limit - position), scratch);
    if (chunk.length === 0) break;
    for (let at = lineEndIn(source, chunk); at !== -1; at = lineEndIn(source, chunk, at + width)) {
      if (++lines === count) return { position: position + at + width, lines };
    }
    position += chunk.length;
  }
  return { position: Math.min(position, limit), lines };
}

/** Lines of a text: its line ends, and what follows the last one. */
export async function countLines(source: ByteSource, signal: AbortSignal): Promise<number> {
  const { size } = source;
  if (size === 0) return 0;
  const { lines } = await skipLines(source, 0, Number.POSITIVE_INFINITY, size, signal);
  const last = await source.read(size - unitBytes(source), unitBytes(source));
  return lines + (lineEndIn(source, last) === -1 ? 1 : 0);
}

/** Where the last `count` pieces between line ends begin, looking at no more than the last `maxBytes`. */
export async function lastLines(
  source: ByteSource,
  count: number,
  maxBytes: number,
  signal: AbortSignal,
): Promise<{ position: number; whole: boolean }> {
  const width = unitBytes(source);
  const floor = Math.max(0, source.size - maxBytes);
  let position = source.size;
  let found = 0;
  while (position > floor) {
    signal.throwIfAborted();
    const length = Math.min(65_536, position - floor);
    const chunk = await source.read(position - length, length);
    for (let at = lastLineEndIn(source, chunk); at !== -1; at = lastLineEndIn(source, chunk, at - width)) {
      if (++found === count) return { position: position - length + at + width, whole: true };
    }
    position -= length;
  }
  return { position: floor, whole: floor === 0 };
}
