/** Events that one session keeps for a client that reconnects. */
const maxEvents = 256;
const maxChars = 1024 * 1024;

interface Entry {
  readonly stream: number;
  readonly sequence: number;
  readonly message: string;
}

/** The recent events of one session's streams, by id `{stream}-{sequence}`; ids of other sessions mean nothing here. */
export class EventLog {
  readonly #entries: Entry[] = [];
  #chars = 0;
  #streams = 0;

  /** Starts a stream; its `record` gives each message its id. */
  openStream(): { readonly stream: number; readonly firstId: string; record(message: string): string } {
    const stream = ++this.#streams;
    let sequence = 0;
    return {
      stream,
      firstId: `${stream}-0`,
      record: (message) => {
        this.#keep({ stream, sequence: ++sequence, message });
        return `${stream}-${sequence}`;
      },
    };
  }

  /** The stream that an id is of and what came after it; undefined for an id that this session never gave. */
  after(
    id: string,
  ):
    | { readonly stream: number; readonly missed: readonly { readonly id: string; readonly message: string }[] }
    | undefined {
    const match = /^(\d{1,9})-(\d{1,9})$/.exec(id);
    const stream = Number(match?.[1]);
    if (!match || stream < 1 || stream > this.#streams) return undefined;
    const missed = this.#entries
      .filter((entry) => entry.stream === stream && entry.sequence > Number(match[2]))
      .map((entry) => ({ id: `${entry.stream}-${entry.sequence}`, message: entry.message }));
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
