import type { EventStream } from './event-stream.ts';

/** How often it is looked at most, and at least (a part of the interval), which streams are to be pinged. */
const leastTickMs = 10;
const ticksPerInterval = 64;

/**
 * Writes a sign of life on every open stream once in an interval, with one timer for all of them and at an even pace: of
 * ten thousand, seven at a time. More at once would hold up every hundredth call beside them.
 */
export class KeepAlive {
  /** In the order in which they were pinged last. */
  readonly #streams = new Set<EventStream>();
  readonly #form: 'comment' | 'event';
  readonly #intervalMs: number;
  /** Runs only while there are streams: a gateway at rest should not wake. */
  #timer: NodeJS.Timeout | undefined;
  #tickedAt = 0;
  /** Pings that are due, in whole and in part. */
  #owed = 0;

  /** `form`: a comment line, which every client ignores, or an `event: ping` for clients written against that. */
  constructor(form: 'comment' | 'event', intervalMs: number) {
    this.#form = form;
    this.#intervalMs = intervalMs;
  }

  add(stream: EventStream): void {
    this.#streams.add(stream);
    stream.onClose(() => this.#streams.delete(stream));
    if (this.#timer) return;
    this.#owed = 0;
    this.#arm();
  }

  get size(): number {
    return this.#streams.size;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    const { size } = this.#streams;
    this.#tickedAt = performance.now();
    const untilOne = this.#intervalMs / Math.max(size, ticksPerInterval);
    this.#timer = setTimeout(() => this.#tick(), Math.max(leastTickMs, untilOne)).unref();
  }

  #tick(): void {
    this.stop();
    const { size } = this.#streams;
    if (size === 0) return;
    const due = this.#owed + (size * (performance.now() - this.#tickedAt)) / this.#intervalMs;
    this.#owed = Math.min(due, size);
    this.#arm();
    if (this.#owed >= 1) this.#ping();
  }

  #ping(): void {
    const now = new Date().toISOString();
    const text = this.#form === 'comment' ? `: ping ${now}\n\n` : `event: ping\ndata: ${now}\n\n`;
    for (const stream of this.#streams) {
      if (this.#owed < 1) return;
      this.#owed -= 1;
      this.#streams.delete(stream);
      this.#streams.add(stream);
      stream.write(text);
    }
  }
}
