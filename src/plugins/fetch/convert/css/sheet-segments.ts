/** Stands where a comment parts two words. */
export const parting = '\u0001';

const partner: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** What may be more than a letter of a text; all between two of these is just that. */
const token = /["'\\{}()[\];]|\/\*|<!--|-->/g;
const stringEnd = /["'\\\n]/g;
const addressStart = /\(\s*[^"'\s)]/y;
const addressEnd = /[)\\]/g;

/**
 * Takes the text up to each `{`, `}` and `;` that parts it, without comments, and what parts it ('' at the end); strings
 * and brackets of all kinds hold theirs back until they are closed. `isInline` for what stands in a rule's block without
 * its braces, where no rule can stand. Time is linear in the length of the sheet.
 */
export function eachSegment(sheet: string, take: (text: string, end: string) => void, isInline = false): void {
  const css = sheet.replaceAll(parting, ' ; ');
  const text = new SegmentText(css);
  const closers: string[] = [];
  const tokens = new RegExp(token);
  let depth = isInline ? 1 : 0;
  for (let at = 0, found = tokens.exec(css); found; at = tokens.lastIndex, found = tokens.exec(css)) {
    const { 0: part, index } = found;
    const behind = behindWhole(css, part, index, at);
    if (behind !== undefined) {
      tokens.lastIndex = behind;
      if (part === '/*') text.skip(index, behind, parting);
      continue;
    }
    if (part.length > 1) {
      // What is left from the time when browsers did not know of style sheets.
      if (depth === 0 && text.head(index) === '') text.skip(index, tokens.lastIndex, '');
    } else if (closers.length === 0 && isParting(part, depth, isInline, () => text.head(index))) {
      take(text.end(index), part);
      if (part !== ';') depth += part === '{' ? 1 : -1;
    } else if (closesBlock(closers, part)) text.end(index);
  }
  take(text.end(css.length), '');
}

/** The place behind what has no parts, if that begins with the token: a comment, string, escape or address. */
function behindWhole(css: string, part: string, index: number, from: number): number | undefined {
  if (part === '/*') {
    const end = css.indexOf('*/', index + 2);
    return end === -1 ? css.length : end + 2;
  }
  if (part === '\\') return index + 2;
  if (part === '"' || part === "'") return behindCloser(css, index + 1, stringEnd, part);
  if (part === '(' && isAddress(css, index, from)) return behindCloser(css, index + 1, addressEnd, ')');
  return undefined;
}

/** Opens or closes a bracket. Whether that closes a block where none can stand, which is dropped. */
function closesBlock(closers: string[], part: string): boolean {
  const closer = partner[part];
  if (closer !== undefined) closers.push(closer);
  return part === closers.at(-1) && closers.pop() === '}' && closers.length === 0;
}

/** A brace ends the block it is in; outside of blocks a semicolon parts at-rules alone. */
function isParting(part: string, depth: number, isInline: boolean, head: () => string): boolean {
  if (part === '{') return !isInline;
  if (part === '}') return depth > 0 && !isInline;
  return part === ';' && (depth > 0 || head() === '@');
}

/** Whether the bracket belongs to a `url(` without quotes, no letter of which is escaped before `from`. */
function isAddress(css: string, bracket: number, from: number): boolean {
  if (bracket - 3 < from || css.slice(bracket - 3, bracket).toLowerCase() !== 'url') return false;
  addressStart.lastIndex = bracket;
  return addressStart.test(css);
}

/** The place behind what ends the string or address: its closer, or the line end that cuts a string short. */
function behindCloser(css: string, from: number, pattern: RegExp, closer: string): number {
  pattern.lastIndex = from;
  for (let found = pattern.exec(css); found; found = pattern.exec(css)) {
    if (found[0] === '\\') pattern.lastIndex++;
    else if (found[0] === closer || found[0] === '\n') return pattern.lastIndex;
  }
  return css.length;
}

/** The text that is being read, of which nothing is asked while it grows: each question would copy it. */
class SegmentText {
  readonly #css: string;
  #start = 0;
  #before = '';
  #head = '';
  #last = '';

  constructor(css: string) {
    this.#css = css;
  }

  /** Its first letter, as far as the place; '' for none. */
  head(to: number): string {
    this.#head ||= /\S/.exec(this.#css.slice(this.#start, to))?.[0] ?? '';
    return this.#head;
  }

  /** Leaves a comment out, with a mark in its place where a word stands before it. */
  skip(from: number, to: number, mark: string): void {
    this.head(from);
    if (from > this.#start) this.#last = this.#css.charAt(from - 1);
    this.#before += this.#css.slice(this.#start, from) + (/[\w-]/.test(this.#last) ? mark : '');
    this.#start = to;
  }

  /** All of it up to the place, behind which the next one begins. */
  end(at: number): string {
    const text = this.#before + this.#css.slice(this.#start, at);
    this.#start = at + 1;
    this.#before = '';
    this.#head = '';
    this.#last = '';
    return text;
  }
}
