export type LineEnd = 'lf' | 'crlf' | 'cr' | 'mixed' | 'none';

/** Which line ends a text has. */
export function lineEndOf(text: string): LineEnd {
  const crlf = text.split('\r\n').length - 1;
  const lf = text.split('\n').length - 1 - crlf;
  const cr = text.split('\r').length - 1 - crlf;
  const kinds = [crlf > 0, lf > 0, cr > 0].filter(Boolean).length;
  if (kinds === 0) return 'none';
  if (kinds > 1) return 'mixed';
  return crlf > 0 ? 'crlf' : lf > 0 ? 'lf' : 'cr';
}

const characters = { lf: '\n', crlf: '\r\n', cr: '\r' } as const;

/** The text with every line end written as `end`. */
export function withLineEnd(text: string, end: keyof typeof characters): string {
  return text.replaceAll(/\r\n|\n|\r/g, characters[end]);
}

/** A range of a text, and what is to stand there. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * A text seen with `\n` line ends, that can be edited there and keeps the file's own everywhere else: a position in
 * `text` is brought back to the original by the number of `\r` left out before it.
 */
export class LineEndView {
  /** With `\n` only, unless the file mixes in lone `\r`, which stay characters. */
  readonly text: string;
  readonly #original: string;
  readonly #removed: number[] = [];
  readonly #newline: string;

  constructor(original: string) {
    this.#original = original;
    const classicMac = !original.includes('\n') && original.includes('\r');
    let crlf = 0;
    let lf = 0;
    for (let at = original.indexOf('\n'); at !== -1; at = original.indexOf('\n', at + 1)) {
      if (original.charCodeAt(at - 1) === 13) {
        this.#removed.push(at - 1 - crlf);
        crlf++;
      } else lf++;
    }
    this.#newline = classicMac ? '\r' : crlf > lf ? '\r\n' : '\n';
    this.text = classicMac ? original.replaceAll('\r', '\n') : original.replaceAll('\r\n', '\n');
  }

  /** The original with each range of `text` (in order, apart) replaced; what goes in takes the line end of what it replaces. */
  replace(ranges: readonly Replacement[]): string {
    const pieces: string[] = [];
    let kept = 0;
    for (const { start, end, text } of ranges) {
      const from = this.#originalOffset(start);
      const to = this.#originalOffset(end);
      const old = this.#original.slice(from, to);
      const newline = old.includes('\r\n') ? '\r\n' : old.includes('\n') ? '\n' : this.#newline;
      pieces.push(this.#original.slice(kept, from), text.replaceAll('\r\n', '\n').replaceAll('\n', newline));
      kept = to;
    }
    return pieces.join('') + this.#original.slice(kept);
  }

  #originalOffset(offset: number): number {
    let low = 0;
    let high = this.#removed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#removed[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return offset + low;
  }
}
