import { openStream, sourceAddress } from './sse-session.mjs';

const batch = 50;

/** Event streams that are opened and then left alone. */
export class IdleStreams {
  #streams = [];

  async open({ port, count, options }) {
    for (let opened = 0; opened < count; opened += batch) {
      const indexes = Array.from({ length: Math.min(batch, count - opened) }, (_, n) => opened + n);
      const streams = await Promise.all(indexes.map((n) => openStream(port, options.path, sourceAddress(n))));
      this.#streams.push(...streams);
    }
    return { open: this.#streams.length };
  }

  close() {
    for (const stream of this.#streams) stream.close();
    this.#streams = [];
  }
}
