/** What a link or a definition leads to, as it stands in Markdown (CommonMark 6.3, 4.7). */
export interface MarkdownTarget {
  readonly url: string;
  readonly isAngled: boolean;
  /** Where the URL begins and ends, with its angle brackets. */
  readonly start: number;
  readonly end: number;
  /** Where the whole ends, title and all; of a link, after its parenthesis. */
  readonly close: number;
}

const gap = /[ \t]*(?:\r?\n[ \t]*)?/y;
const angled = /<((?:[^<>\n\\]|\\.){0,4096})>/y;
const title = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|\((?:[^()\\]|\\[\s\S])*\)/y;
const longestUrl = 4096;
const deepest = 32;

/** Reads what follows `](`; undefined where that is no link. */
export function linkTarget(text: string, from: number): MarkdownTarget | undefined {
  const target = urlAt(text, skip(gap, text, from), true);
  if (!target) return undefined;
  const next = skip(gap, text, target.end);
  const close = skip(gap, text, next > target.end ? titleEnd(text, next) : next);
  return text[close] === ')' ? { ...target, close: close + 1 } : undefined;
}

/** Reads what follows `[label]:`; undefined where that defines nothing. */
export function definitionTarget(text: string, from: number): MarkdownTarget | undefined {
  const target = urlAt(text, skip(gap, text, from), false);
  if (!target || target.end === target.start) return undefined;
  const next = skip(gap, text, target.end);
  const end = next > target.end ? titleEnd(text, next) : next;
  const rest = (at: number) => /[ \t\r]*(?:\n|$(?![\s\S]))/y.test(text.slice(at, at + 1000));
  if (end > next && rest(end)) return { ...target, close: end };
  return rest(target.end) ? { ...target, close: target.end } : undefined;
}

function urlAt(text: string, start: number, isLink: boolean): Omit<MarkdownTarget, 'close'> | undefined {
  if (text[start] === '<') {
    angled.lastIndex = start;
    const found = angled.exec(text);
    return found ? { url: found[1] ?? '', isAngled: true, start, end: start + found[0].length } : undefined;
  }
  let end = start;
  let depth = 0;
  for (; end - start < longestUrl && end < text.length; end++) {
    const character = text.charAt(end);
    if (character <= ' ') break;
    if (character === '\\') end++;
    else if (isLink && character === '(' && ++depth > deepest) return undefined;
    else if (isLink && character === ')' && --depth < 0) break;
  }
  return { url: text.slice(start, end), isAngled: false, start, end };
}

/** Where the title that begins here ends, or here where none does. */
function titleEnd(text: string, from: number): number {
  title.lastIndex = from;
  const found = title.exec(text)?.[0];
  return found === undefined || /\n[ \t\r]*\n/.test(found) ? from : from + found.length;
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return from + (pattern.exec(text)?.[0].length ?? 0);
}
