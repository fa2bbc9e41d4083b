import { randomBytes } from 'node:crypto';

/** Events that one session keeps for a client that reconnects. */
const maxEvents = 256;
const maxChars = 1024 * 1024;

interface Entry {
  readonly stream: number;
  readonly sequence: number;
  readonly message: string;
}

/** The recent events of one session's streams, by id `{tag}-{stream}-{sequence}`; ids of other sessions mean nothing here. */
export class EventLog {
  readonly #entries: Entry[] = [];
  #chars = 0;
  #streams = 0;
  /** Of this session alone, so that an id of another one is known to be foreign. */
  readonly #tag = randomBytes(6).toString('hex');

  /** Starts a stream; its `record` gives each message its id. */
  openStream(): { readonly stream: number; readonly firstId: string; record(message: string): string } {
    const stream = ++this.#streams;
    let sequence = 0;
    return {
      stream,
      firstId: `${this.#tag}-${stream}-0`,
      record: (message) => {
        this.#keep({ stream, sequence: ++sequence, message });
        return `${this.#tag}-${stream}-${sequence}`;
      },
    };
  }

  /** The stream that an id is of and what came after it; undefined for an id that this session never gave. */
  after(
    id: string,
  ):
    | { readonly stream: number; readonly missed: readonly { readonly id: string; readonly message: string }[] }
    | undefined {
    const match = id.startsWith(`${this.#tag}-`) ? /^(\d{1,9})-(\d{1,9})$/.exec(id.slice(this.#tag.length + 1)) : null;
    const stream = Number(match?.[1]);
    if (!match || stream < 1 || stream > this.#streams) return undefined;
    const missed = this.#entries
      .filter((entry) => entry.stream === stream && entry.sequence > Number(match[2]))
      .map((entry) => ({ id: `${this.#tag}-${entry.stream}-${entry.sequence}`, message: entry.message }));
    return { stream, missed };
  }

  #keep(entry: Entry): void {
    this.#entries.push(entry);
    this.#chars += entry.message.length;
    while (this.#entries.length > 1 && (this.#entries.length > maxEvents || this.#chars > maxChars)) {
      this.#chars -= this.#entries.shift()?.message.length ?? 0;
    }
  }
}
