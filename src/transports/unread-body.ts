import type { IncomingMessage } from 'node:http';

/** How long, and how many bytes of, a body that nobody wants is read. */
const discardMs = 5000;
const discardBytes = 64 * 1024 * 1024;

/** Whether a request has a body that is not here in full. */
export function isBodyMissing({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Reads a body to its end and throws it away. Closing a connection on unread bytes resets it, and the client may lose the
 * answer that says why (RFC 9112, section 9.6). `done` is called once: at the end, or when enough was read.
 */
export function discardBody(incoming: IncomingMessage, done: () => void): void {
  let left = discardBytes;
  const onData = (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  };
  const end = () => {
    clearTimeout(timer);
    incoming.off('data', onData).off('end', end).off('close', end);
    done();
  };
  const timer = setTimeout(end, discardMs);
  incoming.on('data', onData).on('end', end).on('close', end);
}
