import type { Writable } from 'node:stream';

/** Until a stream takes more, or never will again. Leaves no listener behind. */
export function drained(stream: Writable): Promise<void> {
  if (stream.closed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
