import { GatewayError } from '../../../core/errors.ts';
import { isCrOnly, withLf } from './line-ends.ts';
import { pairLines } from './line-pairs.ts';

/** Steps that the lines of one text may take to be paired. */
const mostSteps = 4_000_000;

/** A range of a text, and what is to stand there, as `LineEndView.asSeen` has it. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Ranges that touch the same lines, with all of these lines. */
interface Group {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * A text seen with `\n` line ends, that can be edited there and keeps the file's own everywhere else: a position in
 * `text` is brought back to the original by the number of `\r` left out before it. What has no line end is seen as it is.
 */
export class LineEndView {
  readonly text: string;
  readonly #original: string;
  readonly #removed: number[] = [];
  readonly #main: '\n' | '\r\n' | '\r' | undefined;
  readonly #mixed: boolean;
  readonly #budget = { steps: mostSteps };

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
    this.#mixed = crlf > 0 && lf > 0;
    this.#main = isCrOnly(original) ? '\r' : crlf > lf ? '\r\n' : lf > 0 ? '\n' : undefined;
    this.text = withLf(original);
  }

  get hasLineEnds(): boolean {
    return this.#main !== undefined;
  }

  /** A text of the caller's as it is to be compared with `text`: where CR ends the file's lines, it does in his. */
  asSeen(text: string): string {
    if (this.#main === undefined) return text;
    const lf = text.replaceAll('\r\n', '\n');
    return this.#main === '\r' ? lf.replaceAll('\r', '\n') : lf;
  }

  /**
   * The original with each range of `text` (in order, apart) replaced. A line that stays keeps its line end, one that is
   * replaced hands it on, and one that is added takes that of the line before it, or else after it, or else the most usual.
   * Throws `too_large` before anything is built where the result would have more than `maxLength` characters.
   */
  replace(ranges: readonly Replacement[], maxLength: number): string {
    requireLength(
      ranges.reduce((length, { start, end, text }) => length + text.length - (end - start), this.#original.length),
      maxLength,
    );
    const pieces: string[] = [];
    let kept = 0;
    for (const { start, end, text } of this.#mixed ? this.#byLines(ranges) : ranges) {
      const from = this.#originalOffset(start);
      pieces.push(this.#original.slice(kept, from));
      if (this.#mixed) pieces.push(this.#withEnds(start, end, text));
      else pieces.push(this.#main === undefined ? text : text.replaceAll('\n', this.#main));
      kept = this.#originalOffset(end);
    }
    return pieces.join('') + this.#original.slice(kept);
  }

  /** The ranges made whole lines, and those that share lines one. */
  #byLines(ranges: readonly Replacement[]): Group[] {
    const groups: Group[] = [];
    let pieces: string[] = [];
    let start = 0;
    let inLine = false;
    const add = (piece: string) => {
      if (piece !== '') inLine = !piece.endsWith('\n');
      pieces.push(piece);
    };
    for (const [index, range] of ranges.entries()) {
      if (pieces.length === 0) {
        start = range.start === 0 ? 0 : this.text.lastIndexOf('\n', range.start - 1) + 1;
        inLine = false;
        add(this.text.slice(start, range.start));
      }
      add(range.text);
      const isWhole = this.#startsLine(range.end) && !inLine;
      const next = this.text.indexOf('\n', range.end);
      const end = isWhole ? range.end : next === -1 ? this.text.length : next + 1;
      const following = ranges[index + 1];
      if (following && following.start < end) {
        add(this.text.slice(range.end, following.start));
        continue;
      }
      groups.push({ start, end, text: pieces.join('') + this.text.slice(range.end, end) });
      pieces = [];
    }
    return groups;
  }

  #startsLine(at: number): boolean {
    return at === 0 || this.text[at - 1] === '\n';
  }

  /** What replaces whole lines, each line with the end that is its due. */
  #withEnds(start: number, end: number, text: string): string {
    const before = linesOf(this.text.slice(start, end));
    const ends: string[] = [];
    let at = start;
    for (const line of before) {
      at += line.length + 1;
      ends.push(at <= end ? this.#endAt(at - 1) : '');
    }
    const after = linesOf(text);
    const pairs = pairLines(before, after, this.#budget);
    let previous = start === 0 ? '' : this.#endAt(start - 1);
    if (previous === '') previous = ends.find((one) => one !== '') ?? this.#endAfter(end);
    const pieces: string[] = [];
    for (const [index, line] of after.entries()) {
      const own = ends[pairs[index] ?? -1] ?? '';
      if (own !== '') previous = own;
      pieces.push(line, index === after.length - 1 && !text.endsWith('\n') ? '' : previous);
    }
    return pieces.join('');
  }

  #endAfter(at: number): string {
    const next = this.text.indexOf('\n', at);
    return next === -1 ? (this.#main ?? '\n') : this.#endAt(next);
  }

  /** The line end that is seen as the `\n` at a position. */
  #endAt(at: number): string {
    return this.#original[this.#originalOffset(at)] === '\r' ? '\r\n' : '\n';
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

/** Throws `too_large` for a text that is longer than an edit may make it; line ends may still add to it. */
export function requireLength(length: number, maxLength: number): void {
  if (length <= maxLength) return;
  throw new GatewayError(
    'too_large',
    `The file would have ${length} characters or more; an edit makes at most ${maxLength} bytes (limits.editBytes). Nothing was changed. Replace less, or write the file with write_file.`,
  );
}

/** The lines without their line ends; what follows the last one is a line where there is something. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
