import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { HttpExchange } from './http-exchange.ts';

/** Why a body was not read; the status says it to HTTP, the message to the reader. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly status: 400 | 408 | 413 | 415 | 501;

  constructor(status: 400 | 408 | 413 | 415 | 501, message: string) {
    super(message);
    this.status = status;
  }
}

/** Whether the media type is JSON: parsed, never searched (`text/plain; application/json` is text). */
function isJsonContentType(header: string | undefined): boolean {
  if (header === undefined) return false;
  if (header === 'application/json') return true;
  const end = header.indexOf(';');
  const mediaType = (end === -1 ? header : header.slice(0, end)).trim().toLowerCase();
  return mediaType === 'application/json';
}

/** Reads a JSON body as text; rejects as `receiveJsonBody` refuses. */
export function readJsonBody(http: HttpExchange, limit: number): Promise<string> {
  return new Promise((resolve, reject) => receiveJsonBody(http, limit, resolve, reject));
}

/**
 * Hands over a JSON body as text, counted while it streams in, or why it is refused: 415 for another media type or any
 * content encoding (a bomb is never unpacked), 501 for any transfer coding but chunked, 413 above `limit` bytes, 400 for
 * invalid UTF-8 or a body cut short.
 */
export function receiveJsonBody(
  { incoming, outgoing }: HttpExchange,
  limit: number,
  take: (text: string) => void,
  refuse: (reason: BodyRefused) => void,
): void {
  const refusal = refusalByHeaders(incoming.headers, limit);
  if (refusal) {
    refuse(refusal);
    return;
  }
  outgoing.askForBody();
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else {
      incoming.removeAllListeners('data');
      chunks.length = 0;
      refuse(new BodyRefused(413, tooLong(limit)));
    }
  });
  incoming.on('end', () => {
    if (size > limit) return;
    const [first] = chunks;
    const body = chunks.length === 1 && first ? first : Buffer.concat(chunks);
    if (isUtf8(body)) take(body.toString('utf8'));
    else refuse(new BodyRefused(400, 'The body is not valid UTF-8.'));
  });
  incoming.on('error', () => refuse(new BodyRefused(400, 'The body ended early.')));
}

function refusalByHeaders(headers: IncomingHttpHeaders, limit: number): BodyRefused | undefined {
  if (!isJsonContentType(headers['content-type'])) {
    return new BodyRefused(415, 'Send the body as Content-Type: application/json.');
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    const refused = `Content-Encoding "${encoding.slice(0, 40)}" is not accepted; send the body uncompressed.`;
    return new BodyRefused(415, refused);
  }
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    const refused = `Transfer-Encoding "${coding.slice(0, 40)}" is not understood; send the body plain or chunked.`;
    return new BodyRefused(501, refused);
  }
  return Number(headers['content-length'] ?? 0) > limit ? new BodyRefused(413, tooLong(limit)) : undefined;
}

function tooLong(limit: number): string {
  return `The body is larger than ${limit} bytes (limits.bodyBytes).`;
}
