import type { EventStream } from './event-stream.ts';

/** Streams are pinged in this many groups: of ten thousand, forty at once, which holds up no call beside them. */
const groups = 256;

/** Writes a sign of life on every open stream at an even pace, with one timer for all of them. */
export class KeepAlive {
  readonly #groups: Set<EventStream>[] = Array.from({ length: groups }, () => new Set());
  readonly #form: 'comment' | 'event';
  readonly #tickMs: number;
  /** Runs only while there are streams: a gateway at rest should not wake. */
  #timer: NodeJS.Timeout | undefined;
  #size = 0;
  #turn = 0;
  #next = 0;

  /** `form`: a comment line, which every client ignores, or an `event: ping` for clients written against that. */
  constructor(form: 'comment' | 'event', intervalMs: number) {
    this.#form = form;
    this.#tickMs = intervalMs / groups;
  }

  add(stream: EventStream): void {
    const group = this.#groups[this.#next];
    this.#next = (this.#next + 1) % groups;
    group?.add(stream);
    this.#size += 1;
    this.#timer ??= setInterval(() => this.#ping(), this.#tickMs).unref();
    stream.onClose(() => {
      group?.delete(stream);
      this.#size -= 1;
      if (this.#size === 0) this.stop();
    });
  }

  get size(): number {
    return this.#size;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #ping(): void {
    const group = this.#groups[this.#turn];
    this.#turn = (this.#turn + 1) % groups;
    if (!group || group.size === 0) return;
    const now = new Date().toISOString();
    const text = this.#form === 'comment' ? `: ping ${now}\n\n` : `event: ping\ndata: ${now}\n\n`;
    for (const stream of [...group]) stream.write(text);
  }
}
