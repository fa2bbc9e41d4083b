const container = String.raw`[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t][ \t>]*)*`;

/** What stands before a block on its line: indents, quotes and list marks. A part of an expression, anchored by `^`. */
export const containerPrefix = container;

const prefixOf = new RegExp(`^${container}`);
const closer = /^[ \t>]*(`{3,}|~{3,})[ \t\r]*$/;

/** Follows the lists and quotes of Markdown line by line, so far as it decides where a fence ends (CommonMark 5.2, 4.5). */
export class MarkdownBlocks {
  readonly #source: string;
  #at = 0;
  #depth = 0;
  #items: number[] = [];
  #isAfterText = false;
  #line = { start: 0, end: 0, isCode: false };

  constructor(source: string) {
    this.#source = source;
  }

  /**
   * Where the fence ends whose `marks` stand at `at`; undefined where they open none there. The fence ends with its list
   * item or quote, if not by marks of its own.
   */
  fenceEnd(at: number, marks: string): number | undefined {
    const start = this.#source.lastIndexOf('\n', at - 1) + 1;
    this.#advance(start);
    const opening = this.#source.slice(start, at);
    this.#read(opening + marks, true);
    const indent = columns(opening);
    const item = this.#items.findLast((column) => column <= indent) ?? 0;
    if (indent - item > 3) return undefined;
    const { length } = this.#source;
    for (let from = after(this.#source, at); from < length; from = after(this.#source, from)) {
      const end = after(this.#source, from);
      const line = this.#source.slice(from, end).replace(/\n$/, '');
      const [lead = ''] = /^[ \t>]*/.exec(line) ?? [];
      const isBlank = line.length === lead.length;
      if (quotes(lead) < this.#depth || (!isBlank && columns(lead) < item)) return this.#leap(from);
      const closing = closer.exec(line)?.[1];
      if (closing?.startsWith(marks) && columns(lead) - item <= 3) return this.#leap(from + line.length);
    }
    return this.#leap(length);
  }

  /**
   * Where the line ends that `at` stands in, if that is indented code (CommonMark 4.4): four columns in from what is
   * around it, and no paragraph going on. In doubt it is none.
   */
  indentedCodeEnd(at: number): number | undefined {
    while (this.#at <= at && this.#at < this.#source.length) {
      const end = after(this.#source, this.#at);
      if (this.#line.start !== this.#at || this.#line.end !== end) this.#peek(this.#at, end);
      if (at < end) break;
      this.#read(this.#source.slice(this.#at, end), false);
      this.#at = end;
    }
    const { start, end, isCode } = this.#line;
    return isCode && at >= start && at < end && start === this.#at ? end : undefined;
  }

  #peek(start: number, end: number): void {
    this.#line = { start, end, isCode: this.#isCodeLine(this.#source.slice(start, end)) };
  }

  #isCodeLine(line: string): boolean {
    const [lead = ''] = /^[ \t>]*/.exec(line) ?? [];
    if (line.trim() === '' || lead.length === line.trimEnd().length || quotes(lead) !== this.#depth) return false;
    return !this.#isAfterText && columns(lead) - (this.#items.at(-1) ?? 0) >= 4;
  }

  #leap(end: number): number {
    this.#at = end === 0 || this.#source[end - 1] === '\n' ? end : after(this.#source, end);
    this.#isAfterText = false;
    return end;
  }

  #advance(to: number): void {
    while (this.#at < to) {
      const next = after(this.#source, this.#at);
      this.#read(this.#source.slice(this.#at, next), false);
      this.#at = next;
    }
  }

  #read(line: string, isBlock: boolean): void {
    if (!isBlock && this.#isCodeLine(line)) return; // no paragraph goes on after it, and its marks are none
    const [lead = ''] = prefixOf.exec(line) ?? [];
    const isBlank = line.trim() === '';
    const hasMark = /[^ \t>]/.test(lead);
    const depth = quotes(lead);
    if (depth !== this.#depth && !(this.#isAfterText && depth < this.#depth && !isBlank && !isBlock && !hasMark)) {
      this.#depth = depth;
      this.#items = [];
    }
    if (!isBlank && (hasMark || isBlock || !this.#isAfterText)) {
      const indent = columns(/^[ \t>]*/.exec(line)?.[0] ?? '');
      while ((this.#items.at(-1) ?? 0) > indent) this.#items.pop();
    }
    for (const { 0: mark, index } of lead.matchAll(/[-+*.)][ \t]{1,4}/g)) {
      this.#items.push(columns(lead.slice(0, index + mark.length)));
    }
    this.#isAfterText = !/^[ \t>\r\n]*$/.test(line);
  }
}

function after(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline === -1 ? text.length : newline + 1;
}

function quotes(lead: string): number {
  return lead.split('>').length - 1;
}

/** The column that the text after this begins in, counted from the last quote mark. */
function columns(lead: string): number {
  let column = 0;
  for (const character of lead.replace(/^.*> ?/, '')) {
    column += character === '\t' ? 4 - (column % 4) : 1;
  }
  return column;
}
