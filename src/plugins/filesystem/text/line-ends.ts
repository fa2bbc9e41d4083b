export type LineEnd = 'lf' | 'crlf' | 'cr' | 'mixed' | 'none';

/**
 * What a line is, to every tool: it ends with LF, and a CR right before that belongs to its end. Only in a text without
 * any LF does CR end lines (as on the first Macs); in all others a CR by itself is a character like any.
 */
function isCrOnly(text: string): boolean {
  return text.includes('\r') && !text.includes('\n');
}

/** The text with LF at the end of each line. */
export function withLf(text: string): string {
  if (!text.includes('\r')) return text;
  return isCrOnly(text) ? text.replaceAll('\r', '\n') : text.replaceAll('\r\n', '\n');
}

/** Which line ends a text has. */
export function lineEndOf(text: string): LineEnd {
  if (isCrOnly(text)) return 'cr';
  const crlf = text.split('\r\n').length - 1;
  const lf = text.split('\n').length - 1 - crlf;
  if (crlf > 0 && lf > 0) return 'mixed';
  return crlf > 0 ? 'crlf' : lf > 0 ? 'lf' : 'none';
}

const characters = { lf: '\n', crlf: '\r\n', cr: '\r' } as const;

/** The text with every line end written as `end`. */
export function withLineEnd(text: string, end: keyof typeof characters): string {
  return withLf(text).replaceAll('\n', characters[end]);
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
  readonly text: string;
  readonly #original: string;
  readonly #removed: number[] = [];
  readonly #newline: string;

  constructor(original: string) {
    this.#original = original;
    let crlf = 0;
    let lf = 0;
    for (let at = original.indexOf('\n'); at !== -1; at = original.indexOf('\n', at + 1)) {
      if (original.charCodeAt(at - 1) === 13) {
        this.#removed.push(at - 1 - crlf);
        crlf++;
      } else lf++;
    }
    this.#newline = isCrOnly(original) ? '\r' : crlf > lf ? '\r\n' : '\n';
    this.text = withLf(original);
  }

  /** A text of the caller's as it is to be compared with `text`: where CR ends the file's lines, it does in his. */
  asSeen(text: string): string {
    const lf = text.replaceAll('\r\n', '\n');
    return this.#newline === '\r' ? lf.replaceAll('\r', '\n') : lf;
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
      pieces.push(this.#original.slice(kept, from), this.asSeen(text).replaceAll('\n', newline));
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
