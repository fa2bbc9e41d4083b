import type { Duplex } from 'node:stream';
import { newRequestId } from '../transports/request-id.ts';
import type { Pipeline } from './pipeline.ts';

/** Bytes of all headers of a request; Node answers 431 above. */
export const maxHeaderSize = 16 * 1024;

const clientErrors: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', `The headers are larger than ${maxHeaderSize} bytes.`],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request took too long to arrive.'],
};

/** What Node's parser refuses never reaches the app, but is answered in the same form. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, pipeline: Pipeline): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, phrase, message] = clientErrors[error.code ?? ''] ?? [
    400,
    'Bad Request',
    'This is not a valid HTTP request.',
  ];
  pipeline.end(socket, () => endWith(socket, status, phrase, message));
}

/** The answer to what never becomes a request of Node's. */
export function endWith(socket: Duplex, status: number, phrase: string, message: string): void {
  if (!socket.writable) return;
  const body = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32000, message } });
  socket.end(
    `HTTP/1.1 ${status} ${phrase}\r\nConnection: close\r\nX-Request-Id: ${newRequestId()}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
