import { createHash, type Hash } from 'node:crypto';
import { read as readCallback, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { GatewayError } from '../../../core/errors.ts';
import type { OpenFile } from '../sandbox/place.ts';

const readAsync = promisify(readCallback);

/** Up to this size one blocking read costs less than handing it to a thread. */
const smallBytes = 65_536;
const chunkBytes = 262_144;
const readAdvice = 'Read a part of it: head, tail, or offset and limit.';

/** Bytes from a position; fewer than asked only at the end of the file. Read into `buffer` where one is given. */
export async function readAt(
  fd: number,
  position: number,
  length: number,
  buffer: Buffer = Buffer.allocUnsafe(length),
): Promise<Buffer> {
  let filled = 0;
  while (filled < length) {
    const wanted = Math.min(chunkBytes * 4, length - filled);
    const count =
      length <= smallBytes
        ? readSync(fd, buffer, filled, wanted, position + filled)
        : (await readAsync(fd, buffer, filled, wanted, position + filled)).bytesRead;
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

/** What a file is read for, and what to do instead where it is too large for that. */
export interface ReadPurpose {
  readonly what: string;
  readonly advice?: string;
}

/** The whole file. The size that stat reports is not believed: some files have none and never end. */
export async function readWhole(
  file: OpenFile,
  maxBytes: number,
  what: string | ReadPurpose,
  signal?: AbortSignal,
): Promise<Buffer> {
  const purpose = typeof what === 'string' ? { what } : what;
  if (file.stats.size > maxBytes) throw tooLarge(file.stats.size, maxBytes, purpose);
  const chunks: Buffer[] = [];
  let total = 0;
  let wanted = Math.min(file.stats.size + 1, maxBytes + 1);
  for (;;) {
    signal?.throwIfAborted();
    const chunk = await readAt(file.fd, total, wanted);
    total += chunk.length;
    chunks.push(chunk);
    if (total > maxBytes) throw tooLarge(total, maxBytes, purpose);
    if (chunk.length < wanted) return chunks.length === 1 ? chunk : Buffer.concat(chunks);
    wanted = Math.min(chunkBytes, maxBytes + 1 - total);
  }
}

function tooLarge(size: number, maxBytes: number, { what, advice = readAdvice }: ReadPurpose): GatewayError {
  return new GatewayError(
    'too_large',
    `The file has ${size} bytes or more; ${what} takes at most ${maxBytes}. ${advice}`,
  );
}

/** SHA-256, as `expected_hash` takes it. */
export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of an open file, in bounded memory. */
export async function hashFile(file: OpenFile, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (let position = 0; ; ) {
    signal.throwIfAborted();
    const chunk = await readAt(file.fd, position, chunkBytes * 4);
    hash.update(chunk);
    position += chunk.length;
    if (chunk.length < chunkBytes * 4) return hash.digest('hex');
  }
}

/** The same pieces, hashed as they pass. */
export async function* hashed(chunks: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}
