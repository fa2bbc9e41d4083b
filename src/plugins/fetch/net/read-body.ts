import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { GatewayError } from '../../../core/errors.ts';
import { leadingMembers } from './gzip-members.ts';

export interface Body {
  readonly bytes: Buffer;
  /** Whether the body went on after `maxBytes`, where reading stopped. */
  readonly cut: boolean;
}

/** Codings the plugin asks for (Accept-Encoding) and understands. */
export const acceptedEncodings = 'gzip, br';

/** Reads at most `maxBytes` of decoded bytes and closes the rest, however small the encoded form of it is. */
export async function readBody(raw: Readable, encoding: string | undefined, maxBytes: number): Promise<Body> {
  const codings = codingsOf(encoding);
  const start = codings.at(-1) === 'deflate' ? await firstBytes(raw) : undefined;
  const stages = decoders(codings, start);
  const encoded = codings.length === 1 && stages[0] && isGzip(codings[0]) ? keptOf(raw, maxBytes) : undefined;
  const decoded = stages.reduce<Readable>((source, stage) => {
    source.once('error', (error) => stage.destroy(error));
    return source.pipe(stage);
  }, raw);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of decoded as AsyncIterable<Buffer>) {
      const room = maxBytes - size;
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      size += Math.min(chunk.length, room);
      if (chunk.length > room) return { bytes: Buffer.concat(chunks, size), cut: true };
    }
    return { bytes: Buffer.concat(chunks, size), cut: false };
  } catch (error) {
    // A body of no bytes is empty in every encoding, and sites name one all the same.
    if (stages[0] && isEmptyBody(error, stages[0])) return { bytes: Buffer.alloc(0), cut: false };
    const whole = encoded && isZlibError(error) ? await leadingMembers(encoded(), maxBytes) : undefined;
    if (whole) return whole;
    if (isZlibError(error)) {
      throw new GatewayError('upstream', `The response is not valid ${codings.join(', ')}, so it cannot be read.`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    // What is left is not wanted; late errors of streams that are being closed have no reader any more.
    for (const stream of [raw, ...stages]) stream.once('error', () => undefined).destroy();
  }
}

function codingsOf(encoding: string | undefined): string[] {
  const codings = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim());
  return codings.filter((coding) => coding !== '' && coding !== 'identity');
}

/** `start`: the first bytes, where the coding that is undone first is `deflate`. */
function decoders(codings: readonly string[], start: Buffer | undefined): Transform[] {
  if (codings.length > 2)
    throw new GatewayError('upstream', 'The response is encoded more than twice over, which is not read.');
  return codings.toReversed().map((coding, index) => {
    if (isGzip(coding)) return createGunzip();
    if (coding === 'br') return createBrotliDecompress();
    if (coding === 'deflate') return index === 0 && start && !isZlib(start) ? createInflateRaw() : createInflate();
    // The header is the site's to write and could hold a sentence: only a short token is repeated.
    const isToken = /^[a-z0-9!#$&^_.+-]{1,40}$/.test(coding);
    const named = isToken ? `the content encoding "${coding}"` : 'an unknown content encoding';
    throw new GatewayError('upstream', `The response has ${named}, which is not read.`);
  });
}

function isGzip(coding: string | undefined): boolean {
  return coding === 'gzip' || coding === 'x-gzip';
}

/** Whether deflate data has the wrapping that RFC 9110 section 8.4.1.2 asks for (RFC 1950); many servers send it bare. */
function isZlib([method = 0, flags]: Buffer): boolean {
  return (method & 0x0f) === 8 && method >> 4 <= 7 && (flags === undefined || (method * 256 + flags) % 31 === 0);
}

/** What comes first, which stays to be read. */
async function firstBytes(raw: Readable): Promise<Buffer> {
  for await (const chunk of raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    raw.unshift(chunk);
    return chunk;
  }
  return Buffer.alloc(0);
}

/** Keeps what passes, for a second look at it; of more than `most` bytes nothing. */
function keptOf(raw: Readable, most: number): () => Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  raw.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
    else chunks.length = 0;
  });
  return () => Buffer.concat(chunks);
}

/** Whether nothing came to be decoded. */
function isEmptyBody(error: unknown, stage: Transform): boolean {
  const isShort = error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR';
  return isShort && 'bytesWritten' in stage && stage.bytesWritten === 0;
}

function isZlibError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(Z_|ERR__|ERR_BROTLI|ERR_PADDING)/.test(code);
}
