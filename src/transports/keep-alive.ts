import type { EventStream } from './event-stream.ts';

/** Streams are pinged in this many groups, so that ten thousand of them do not all wake at once. */
const groups = 16;

/** Writes a sign of life on every open stream at an even pace, with one timer for all of them. */
export class KeepAlive {
  readonly #groups: Set<EventStream>[] = Array.from({ length: groups }, () => new Set());
  readonly #form: 'comment' | 'event';
  readonly #timer: NodeJS.Timeout;
  #turn = 0;
  #next = 0;

  /** `form`: a comment line, which every client ignores, or an `event: ping` for clients written against that. */
  constructor(form: 'comment' | 'event', intervalMs: number) {
    this.#form = form;
    this.#timer = setInterval(() => this.#ping(), intervalMs / groups);
    this.#timer.unref();
  }

  add(stream: EventStream): void {
    const group = this.#groups[this.#next];
    this.#next = (this.#next + 1) % groups;
    group?.add(stream);
    stream.onClose(() => group?.delete(stream));
  }

  get size(): number {
    return this.#groups.reduce((sum, group) => sum + group.size, 0);
  }

  stop(): void {
    clearInterval(this.#timer);
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
