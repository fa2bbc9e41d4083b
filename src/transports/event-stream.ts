import type { GatewayResponse } from './gateway-response.ts';

/** Bytes that may still wait for a slow reader when more is written; beyond that the stream is cut, and only that one. */
const maxBufferedBytes = 8 * 1024 * 1024;
/** How long a client waits before it comes back to a stream that ended before its answer. */
const retryMs = 500;

export const eventStreamHeaders = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
};

/** A `text/event-stream` on Node's own response. Messages are one line each, so no data can forge an event. */
export class EventStream {
  readonly #outgoing: GatewayResponse;
  readonly #onClose: (() => void)[] = [];
  #open = true;
  #ended = false;

  constructor(outgoing: GatewayResponse) {
    this.#outgoing = outgoing;
    outgoing.statusCode = 200;
    for (const [name, value] of Object.entries(eventStreamHeaders)) outgoing.setHeader(name, value);
    outgoing.on('close', () => this.#closed());
    // The headers go out with the first event, in one write, and at once where none follows.
    process.nextTick(() => {
      if (!outgoing.headersSent && !outgoing.destroyed) outgoing.flushHeaders();
    });
  }

  /** Whether more can be written. */
  get isOpen(): boolean {
    return this.#open && !this.#ended;
  }

  /** Called once, when the stream ends for whatever reason; at once if it already has. */
  onClose(listener: () => void): void {
    if (this.#open) this.#onClose.push(listener);
    else listener();
  }

  /** One event; `data` must be without line ends, which JSON always is. */
  event(type: string, data: string, id?: string): void {
    this.write(id === undefined ? `event: ${type}\ndata: ${data}\n\n` : `id: ${id}\nevent: ${type}\ndata: ${data}\n\n`);
  }

  /** An event without data, so that a client that loses the stream knows where to resume, and when (2025-11-25). */
  prime(id: string): void {
    this.write(`id: ${id}\nretry: ${retryMs}\ndata: \n\n`);
  }

  write(text: string): void {
    if (!this.isOpen) return;
    // Asked before the write: one large message to a reader that keeps up must not count against it.
    if (this.#outgoing.writableLength > maxBufferedBytes) this.#outgoing.destroy();
    else this.#outgoing.sendPiece(text);
  }

  /** Ends the stream after what was written. */
  end(): void {
    if (!this.isOpen) return;
    this.#ended = true;
    this.#outgoing.end();
  }

  #closed(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const listener of this.#onClose.splice(0)) listener();
  }
}
