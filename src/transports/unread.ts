import type { ServerResponse } from 'node:http';

/** Answers below this size fit into the socket's own buffers. */
const smallBytes = 64 * 1024;
/** Bytes of answers that may wait for their readers, of all connections together. */
const maxUnreadBytes = 64 * 1024 * 1024;
const graceMs = 30_000;
/** The slowest reader that is waited for. */
const bytesPerSecond = 32 * 1024;

const unread = new Map<ServerResponse, number>();
let total = 0;

/**
 * Watches a large answer until its reader has it. A reader that is too slow is cut, and so are the ones that wait longest
 * where all answers together hold more memory than they may.
 */
export function watchUnread(outgoing: ServerResponse, bytes: number): void {
  if (bytes < smallBytes || outgoing.writableFinished || outgoing.destroyed) return;
  unread.set(outgoing, bytes);
  total += bytes;
  const timer = setTimeout(() => outgoing.destroy(), graceMs + (bytes / bytesPerSecond) * 1000);
  timer.unref();
  const done = () => {
    clearTimeout(timer);
    if (unread.delete(outgoing)) total -= bytes;
  };
  outgoing.once('finish', done);
  outgoing.once('close', done);
  for (const [oldest] of unread) {
    if (total <= maxUnreadBytes || oldest === outgoing) break;
    oldest.destroy();
    total -= unread.get(oldest) ?? 0;
    unread.delete(oldest);
  }
}
