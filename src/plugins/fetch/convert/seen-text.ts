import { SeenPieces, type SeenText } from './seen-pieces.ts';

const special = /[\\`[\]*_~|<]/g;
const linePrefix = /^[ \t]*(?:>[ \t]?)*(?:(?:[-+*]|#{1,6})[ \t]+)*/;
const fenceLine = /^[ \t>]*(`{3,}|~{3,})([^\n]*)$/;
const delimiterRow = /^\|?(?: *:?-+:? *\|)+(?: *:?-+:?)?$/;
const destination =
  /\((?:<[^<>\n]{0,4096}>|[^\s()<>]{0,4096}(?:\([^\s()<>]{0,1000}\)[^\s()<>]{0,1000}){0,20})(?:\s+"[^"\n]{0,500}")?\)/y;
const reference = /\[((?:[^[\]\\\n]|\\.){0,999})\]/y;
const definition = /^[ \t>]*\[(?!\^)((?:[^[\]\\\n]|\\.){1,999})\]:/gm;
const autolink = /<([a-z][a-z0-9+.-]{1,31}:[^\s<>]{0,4096})>/iy;
const tag = /<\/?[a-z][\w-]*(?:\s[^<>]{0,500})?\/?>/iy;

/** Marks that wait for their partners in one paragraph; what has more is not written by people. */
const mostOpened = 200;

/** Takes the marks out of Markdown: of headings, lists, quotes, tables, emphasis and code, and the targets of links. */
export function seenText(markdown: string): SeenText {
  const reader = new MarkdownReader(markdown);
  reader.readAll();
  return reader.result();
}

/** Text of Markdown as it stands there. */
export function plainText(text: string): SeenText {
  return { text, offsetAt: (index) => index, endAt: (index) => index + 1 };
}

/** A mark that takes effect only with its partner: until that comes, it is text. */
interface Opened {
  readonly mark: string;
  readonly piece: number;
  /** Of the whole run at first. */
  readonly length: number;
  /** Whether it could have ended emphasis as well. */
  readonly isEither: boolean;
}

class MarkdownReader {
  readonly #source: string;
  readonly #pieces = new SeenPieces();
  #opened: Opened[] = [];
  #fence: string | undefined;
  readonly #defined: ReadonlySet<string>;

  constructor(source: string) {
    this.#source = source;
    this.#defined = new Set([...source.matchAll(definition)].map(([, label = '']) => label.toLowerCase()));
  }

  readAll(): void {
    const { length } = this.#source;
    for (let start = 0; start < length; ) {
      const newline = this.#source.indexOf('\n', start);
      const end = newline === -1 ? length : newline;
      this.#line(start, end);
      if (newline !== -1) this.#keep(end, end + 1);
      start = end + 1;
    }
  }

  result(): SeenText {
    return this.#pieces.seen();
  }

  #keep(start: number, end: number): void {
    this.#pieces.add(this.#source.slice(start, end), start);
  }

  #line(start: number, end: number): void {
    const line = this.#source.slice(start, end);
    const [, marks, info = ''] = fenceLine.exec(line) ?? [];
    if (this.#fence !== undefined) {
      if (marks?.startsWith(this.#fence) && info.trim() === '') this.#fence = undefined;
      else this.#keep(start, end);
    } else if (marks !== undefined && !(marks.startsWith('`') && info.includes('`'))) {
      this.#fence = marks;
    } else if (line.trim() === '') {
      this.#opened = []; // emphasis and links end with their paragraph
    } else if (!delimiterRow.test(line.trim())) {
      this.#inline(start + (linePrefix.exec(line)?.[0].length ?? 0), end, line.trimStart().startsWith('|'));
    }
  }

  #inline(start: number, end: number, isRow: boolean): void {
    const unclosed = new Set<string>();
    const line = this.#source.slice(start, end); // a search of the whole would go on to the next mark, however far
    let from = start;
    special.lastIndex = 0;
    for (let found = special.exec(line); found; found = special.exec(line)) {
      const at = start + found.index;
      this.#keep(from, at);
      from = this.#mark(at, end, isRow, unclosed);
      special.lastIndex = from - start;
    }
    this.#keep(from, end);
  }

  /** Reads what begins at a special character; returns where reading goes on. */
  #mark(at: number, end: number, isRow: boolean, unclosed: Set<string>): number {
    const source = this.#source;
    const character = source.charAt(at);
    if (character === '\\') return this.#escape(at, end);
    if (character === '`') return this.#code(at, end, unclosed);
    if (character === '|') return isRow ? at + 1 : this.#literal(at, 1);
    if (character === '<') return this.#tag(at, end);
    if (character === '[') {
      this.#open('[');
      return this.#literal(at, 1);
    }
    return character === ']' ? this.#closeLink(at, end) : this.#emphasis(at, end, character);
  }

  #open(mark: string, isEither = false): void {
    if (this.#opened.length >= mostOpened) this.#opened = [];
    this.#opened.push({ mark, piece: this.#pieces.texts.length, length: mark.length, isEither });
  }

  #literal(at: number, length: number): number {
    this.#keep(at, at + length);
    return at + length;
  }

  #escape(at: number, end: number): number {
    if (at + 1 >= end || !/[!-/:-@[-`{-~]/.test(this.#source.charAt(at + 1))) return this.#literal(at, 1);
    this.#keep(at + 1, at + 2);
    return at + 2;
  }

  #code(at: number, end: number, unclosed: Set<string>): number {
    const ticks = this.#runAt(at, end);
    const after = at + ticks.length;
    if (unclosed.has(ticks)) return this.#literal(at, ticks.length);
    const rest = this.#source.slice(after, end);
    for (let close = rest.indexOf(ticks); close !== -1; ) {
      const run = this.#runAt(after + close, end);
      if (run === ticks) {
        this.#keep(after, after + close);
        return after + close + ticks.length;
      }
      close = rest.indexOf(ticks, close + run.length);
    }
    unclosed.add(ticks);
    return this.#literal(at, ticks.length);
  }

  #tag(at: number, end: number): number {
    autolink.lastIndex = at;
    const url = autolink.exec(this.#source)?.[1];
    if (url !== undefined && at + url.length + 2 <= end) {
      this.#keep(at + 1, at + 1 + url.length);
      return at + url.length + 2;
    }
    tag.lastIndex = at;
    const found = tag.exec(this.#source)?.[0];
    if (found === undefined || at + found.length > end) return this.#literal(at, 1);
    if (/^<br\b/i.test(found)) this.#pieces.add('\n', at, found.length);
    return at + found.length;
  }

  #closeLink(at: number, end: number): number {
    const opener = this.#opened.findLast(({ mark }) => mark === '[');
    if (opener) this.#opened.splice(this.#opened.lastIndexOf(opener));
    destination.lastIndex = at + 1;
    const target = opener && (destination.exec(this.#source)?.[0] ?? this.#reference(at));
    if (!opener || target === undefined || at + 1 + target.length > end) return this.#literal(at, 1);
    this.#pieces.texts[opener.piece] = '';
    const before = this.#pieces.texts[opener.piece - 1];
    if (before?.endsWith('!')) this.#pieces.texts[opener.piece - 1] = before.slice(0, -1); // an image: its text
    return at + 1 + target.length;
  }

  /** The label after a link's text, where the page says what it stands for. */
  #reference(at: number): string | undefined {
    reference.lastIndex = at + 1;
    const [whole, label = ''] = reference.exec(this.#source) ?? [];
    return label === '' || this.#defined.has(label.toLowerCase()) ? whole : undefined;
  }

  #emphasis(at: number, end: number, character: string): number {
    const run = this.#runAt(at, end);
    const before = this.#source.charAt(at - 1);
    const after = this.#source.charAt(at + run.length);
    const isWord = (text: string) => /[\p{L}\p{N}]/u.test(text);
    if (character === '~' && run.length !== 2) return this.#literal(at, run.length);
    const closes = before.trim() !== '' && !(character === '_' && isWord(after));
    const opens = after.trim() !== '' && !(character === '_' && isWord(before));
    let left = run.length;
    while (closes && left > 0) {
      const used = this.#closeEmphasis(character, left, run.length, opens);
      if (used === 0) break;
      left -= used;
    }
    if (opens && left > 0) this.#open(character.repeat(left), closes);
    this.#keep(at + run.length - left, at + run.length);
    return at + run.length;
  }

  /** Ends the emphasis begun last by this character; returns how many marks of the run that takes (CommonMark 6.2). */
  #closeEmphasis(character: string, left: number, length: number, opens: boolean): number {
    const at = this.#opened.findLastIndex((opener) => {
      const { mark, isEither, length: own } = opener;
      if (!mark.startsWith(character)) return false;
      const isAmbiguous = (isEither || opens) && (own + length) % 3 === 0;
      return !isAmbiguous || (own % 3 === 0 && length % 3 === 0);
    });
    const opener = this.#opened[at];
    if (!opener) return 0;
    const used = Math.min(opener.mark.length, left);
    const mark = opener.mark.slice(used);
    this.#pieces.texts[opener.piece] = mark;
    this.#opened.length = at;
    if (mark !== '') this.#opened.push({ ...opener, mark });
    return used;
  }

  #runAt(at: number, end: number): string {
    const character = this.#source.charAt(at);
    let stop = at + 1;
    while (stop < end && this.#source.charAt(stop) === character) stop++;
    return this.#source.slice(at, stop);
  }
}
