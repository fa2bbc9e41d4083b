/** Knuth, Morris and Pratt's search for a sequence of codes in another that is shown to it code by code: linear time. */
export class SequenceSearch {
  readonly #length: number;
  readonly #wanted: (at: number) => number;
  readonly #borders: Int32Array;
  #matched = 0;

  constructor(length: number, wanted: (at: number) => number) {
    this.#length = length;
    this.#wanted = wanted;
    this.#borders = bordersOf(length, wanted);
  }

  /** True where the wanted sequence ends with this code; overlaps count. */
  meets(code: number): boolean {
    while (this.#matched > 0 && this.#wanted(this.#matched) !== code) this.#matched = this.#borders[this.#matched] ?? 0;
    if (this.#wanted(this.#matched) === code) this.#matched++;
    if (this.#matched < this.#length) return false;
    this.#matched = this.#borders[this.#matched] ?? 0;
    return true;
  }
}

/** For each length of a beginning of the sequence, the longest shorter beginning that it also ends with. */
function bordersOf(length: number, wanted: (at: number) => number): Int32Array {
  const borders = new Int32Array(length + 1);
  let border = 0;
  for (let at = 1; at < length; at++) {
    const code = wanted(at);
    while (border > 0 && wanted(border) !== code) border = borders[border] ?? 0;
    if (wanted(border) === code) border++;
    borders[at + 1] = border;
  }
  return borders;
}
