import { isAscii } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { identityOf } from '../sandbox/closed-file.ts';
import { type Directory, safeOpenFlags } from '../sandbox/directory.ts';
import { decodeText, detectFormat, looksBinary } from '../text/encoding.ts';
import { withLf } from '../text/line-ends.ts';
import type { ContentJob, ContentMatch } from './job.ts';
import type { LineMatcher } from './line-matcher.ts';
import { isUnreadable } from './unreadable.ts';

const longestLineShown = 400;
const firstBuffer = 65_536;

export type Scan =
  | { readonly is: 'scanned'; readonly count: number; readonly matches: ContentMatch[] }
  /** `absent`: no regular file is there (any more), or one of the gateway's own. */
  | { readonly is: 'large' | 'binary' | 'unreadable' | 'absent' };

/** Reads files into one buffer that grows to the cap, and finds the matching lines. */
export class FileScanner {
  #buffer = Buffer.allocUnsafeSlow(firstBuffer);
  readonly #matcher: LineMatcher;
  readonly #maxBytes: number;
  readonly #context: number;
  readonly #own: ReadonlySet<string>;
  readonly #watch: (busy: boolean) => void;

  constructor({ rules, maxFileBytes, context }: ContentJob, matcher: LineMatcher, watch: (busy: boolean) => void) {
    this.#matcher = matcher;
    this.#maxBytes = maxFileBytes;
    this.#context = context;
    this.#own = new Set(rules.ownFiles);
    this.#watch = watch;
  }

  /** Counts every matching line and returns the first `wanted`. */
  scan(directory: Directory, name: string, relative: string, wanted: number): Scan {
    const bytes = this.#read(directory, name);
    if (typeof bytes === 'string') return { is: bytes };
    const { needles } = this.#matcher;
    const marked =
      bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff));
    // Text with a NUL at its beginning is UTF-16, in which no needle is found.
    const hasNul = bytes.subarray(0, 8192).includes(0);
    const isMissing = needles && !marked && !hasNul && !needles.some((needle) => bytes.includes(needle));
    if (isMissing && needles.every((needle) => isAscii(needle))) return nothing;
    // An escape may switch ASCII to letters of ISO-2022, among which ASCII itself stands as it is.
    const hasEscape = bytes.includes(0x1b);
    if (isMissing && !hasEscape) return nothing;
    if (!marked && hasNul && looksBinary(bytes, detectFormat(bytes, true))) return this.#inBinary(bytes, relative);
    const text =
      !hasNul && !hasEscape && isAscii(bytes) ? bytes.toString('latin1') : decodeText(bytes, detectFormat(bytes, true));
    return this.#matchLines(text, relative, wanted);
  }

  #inBinary(bytes: Buffer, relative: string): Scan {
    const { needles } = this.#matcher;
    if (needles && !needles.some((needle) => bytes.includes(needle))) return nothing;
    const scan = this.#matchLines(bytes.toString('latin1'), relative, 0);
    return scan.is === 'scanned' && scan.count > 0 ? binary : nothing;
  }

  #read(directory: Directory, name: string): Buffer | 'large' | 'unreadable' | 'absent' {
    let fd: number;
    try {
      fd = openSync(directory.at(name), constants.O_RDONLY | safeOpenFlags);
    } catch (error) {
      return isUnreadable(error, name) ? 'unreadable' : 'absent';
    }
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile() || this.#own.has(identityOf(stats))) return 'absent';
      if (stats.size > this.#maxBytes) return 'large';
      if (stats.size > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(stats.size);
      let filled = 0;
      while (filled < stats.size) {
        const count = readSync(fd, this.#buffer, filled, stats.size - filled, null);
        if (count === 0) break;
        filled += count;
      }
      return this.#buffer.subarray(0, filled);
    } catch (error) {
      return isUnreadable(error, name) ? 'unreadable' : 'absent';
    } finally {
      closeSync(fd);
    }
  }

  #matchLines(original: string, relative: string, wanted: number): Scan {
    if (original === '') return nothing;
    const lf = withLf(original);
    const text = lf.endsWith('\n') ? lf.slice(0, -1) : lf; // what follows the last line end is no line
    const matches: ContentMatch[] = [];
    let count = 0;
    let line = 1;
    let counted = 0;
    for (let at = this.#candidate(text, 0); at !== -1; ) {
      const start = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
      const found = text.indexOf('\n', at);
      const end = found === -1 ? text.length : found;
      const content = text.slice(start, end);
      const span = this.#watched(() => this.#matcher.inLine(content));
      if (span) {
        count++;
        if (matches.length < wanted) {
          line += newlinesIn(text, counted, start);
          counted = start;
          matches.push(this.#match(text, relative, line, content, span.start, start, end));
        }
      }
      at = end >= text.length ? -1 : this.#candidate(text, end + 1);
    }
    return { is: 'scanned', count, matches };
  }

  #candidate(text: string, from: number): number {
    return this.#watched(() => this.#matcher.candidate(text, from));
  }

  #watched<T>(work: () => T): T {
    if (!this.#matcher.watched) return work();
    this.#watch(true);
    const result = work();
    this.#watch(false);
    return result;
  }

  #match(
    text: string,
    path: string,
    line: number,
    content: string,
    column: number,
    start: number,
    end: number,
  ): ContentMatch {
    const shown = { path, line, column: column + 1, text: shorten(content, column) };
    if (this.#context === 0) return shown;
    return { ...shown, before: linesBefore(text, start, this.#context), after: linesAfter(text, end, this.#context) };
  }
}

const nothing: Scan = { is: 'scanned', count: 0, matches: [] };
const binary: Scan = { is: 'binary' };

function newlinesIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** A long line (minified code) cut around the match. */
function shorten(line: string, column: number): string {
  if (line.length <= longestLineShown) return line;
  const from = Math.max(0, column - longestLineShown / 4);
  const to = Math.min(line.length, from + longestLineShown);
  return `${from > 0 ? '…' : ''}${line.slice(from, to)}${to < line.length ? '…' : ''}`;
}

function linesBefore(text: string, start: number, count: number): string[] {
  const lines: string[] = [];
  for (let end = start - 1; end >= 0 && lines.length < count; ) {
    const from = end === 0 ? 0 : text.lastIndexOf('\n', end - 1) + 1;
    lines.unshift(shorten(text.slice(from, end), 0));
    end = from - 1;
  }
  return lines;
}

function linesAfter(text: string, end: number, count: number): string[] {
  const lines: string[] = [];
  for (let from = end + 1; from <= text.length && lines.length < count; ) {
    const found = text.indexOf('\n', from);
    const to = found === -1 ? text.length : found;
    lines.push(shorten(text.slice(from, to), 0));
    from = to + 1;
  }
  return lines;
}
