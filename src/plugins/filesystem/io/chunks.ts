import { fstatSync, type Stats } from 'node:fs';
import { GatewayError } from '../../../core/errors.ts';
import { readAt } from './read.ts';

const chunkBytes = 1_048_576;

/** The bytes of an open file, a piece at a time; one that is small takes no more memory than it has bytes. */
export async function* readChunks(fd: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    signal.throwIfAborted();
    // One byte more than there should be: to read fewer than asked is the end of the file.
    const wanted = Math.min(chunkBytes, Math.max(0, fstatSync(fd).size - position) + 1);
    const chunk = await readAt(fd, position, wanted);
    if (chunk.length > 0) yield chunk;
    if (chunk.length < wanted) return;
    position += chunk.length;
  }
}

/** What a file takes, which is less than its size where it has holes. */
export function bytesOnDisk({ size, blocks }: Stats): number {
  return process.platform === 'win32' ? size : Math.min(size, blocks * 512);
}

/** Throws `too_large` for more data than one copy may take. */
export function requireCopyable(bytes: number, maxBytes = Number.POSITIVE_INFINITY): void {
  if (bytes <= maxBytes) return;
  throw new GatewayError(
    'too_large',
    `More than ${maxBytes} bytes of data are copied (limits.copyBytes). Nothing was changed; copy a part of it.`,
  );
}
