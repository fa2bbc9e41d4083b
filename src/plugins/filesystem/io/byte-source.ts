import type { OpenFile } from '../sandbox/place.ts';
import { readAt } from './read.ts';

/** Bytes that can be read from any position: a file that may be larger than memory, or a buffer. */
export interface ByteSource {
  readonly size: number;
  /** The byte that ends a line: LF, or CR where `endedByCr` says so. */
  readonly lineEnd: number;
  /** `scratch`, if given, may be what the bytes are read into. */
  read(position: number, length: number, scratch?: Buffer): Promise<Buffer>;
}

export function fileSource(file: OpenFile): ByteSource {
  return {
    size: file.stats.size,
    lineEnd: lf,
    read: (position, length, scratch) => readAt(file.fd, position, length, scratch),
  };
}

export function bufferSource(buffer: Buffer): ByteSource {
  const read: ByteSource['read'] = async (position, length) => buffer.subarray(position, position + length);
  return { size: buffer.length, lineEnd: lf, read };
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
  if (sample.includes(lf) || !sample.includes(cr)) return source;
  const { lines } = await skipLines(source, sample.length, 1, source.size, signal);
  return lines === 0 ? { ...source, lineEnd: cr } : source;
}

/** Where `count` lines after `from` end: the position behind the last one's end, and how many there were. */
export async function skipLines(
  source: ByteSource,
  from: number,
  count: number,
  limit: number,
  signal: AbortSignal,
): Promise<{ position: number; lines: number }> {
  const { lineEnd } = source;
  let position = from;
  let lines = 0;
  const scratch = limit - from > chunkBytes ? Buffer.allocUnsafeSlow(chunkBytes) : undefined;
  while (lines < count && position < limit) {
    signal.throwIfAborted();
    const chunk = await source.read(position, Math.min(chunkBytes, limit - position), scratch);
    if (chunk.length === 0) break;
    for (let at = chunk.indexOf(lineEnd); at !== -1; at = chunk.indexOf(lineEnd, at + 1)) {
      if (++lines === count) return { position: position + at + 1, lines };
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
  const last = await source.read(size - 1, 1);
  return lines + (last[0] === source.lineEnd ? 0 : 1);
}

/** Where the last `count` pieces between line ends begin, looking at no more than the last `maxBytes`. */
export async function lastLines(
  source: ByteSource,
  count: number,
  maxBytes: number,
  signal: AbortSignal,
): Promise<{ position: number; whole: boolean }> {
  const { lineEnd } = source;
  const floor = Math.max(0, source.size - maxBytes);
  let position = source.size;
  let found = 0;
  while (position > floor) {
    signal.throwIfAborted();
    const length = Math.min(65_536, position - floor);
    const chunk = await source.read(position - length, length);
    for (let at = chunk.lastIndexOf(lineEnd); at !== -1; at = at === 0 ? -1 : chunk.lastIndexOf(lineEnd, at - 1)) {
      if (++found === count) return { position: position - length + at + 1, whole: true };
    }
    position -= length;
  }
  return { position: floor, whole: floor === 0 };
}
