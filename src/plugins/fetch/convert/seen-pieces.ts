/** A source as a reader sees it, and where each of its characters stands in the source. */
export interface SeenText {
  readonly text: string;
  /** The offset in the source of a character of `text`; of its end for `text.length`. */
  offsetAt(index: number): number;
  /** The offset in the source behind a character of `text`. */
  endAt(index: number): number;
}

/** Text gathered from parts of a source, in order. */
export class SeenPieces {
  readonly texts: string[] = [];
  readonly #offsets: number[] = [];
  /** Of pieces that are written in another way than they are read: their length in the source. */
  readonly #lengths = new Map<number, number>();

  /** `length` is that of what the source has in place of `text`, where it is not the same. */
  add(text: string, offset: number, length?: number): void {
    if (text === '') return;
    if (length !== undefined) this.#lengths.set(this.texts.length, length);
    this.texts.push(text);
    this.#offsets.push(offset);
  }

  /** The texts may have been changed since they were added, so far as they stay the beginnings of what they were. */
  seen(): SeenText {
    const starts: number[] = [];
    let length = 0;
    for (const text of this.texts) {
      starts.push(length);
      length += text.length;
    }
    const pieceAt = (index: number) => {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= index) low = middle;
        else high = middle - 1;
      }
      return low;
    };
    const within = (index: number, piece: number) => (this.#offsets[piece] ?? 0) + index - (starts[piece] ?? 0);
    const endAt = (index: number) => {
      const piece = pieceAt(index);
      const whole = this.#lengths.get(piece);
      return whole === undefined ? within(index, piece) + 1 : (this.#offsets[piece] ?? 0) + whole;
    };
    return { text: this.texts.join(''), offsetAt: (index) => within(index, pieceAt(index)), endAt };
  }
}
