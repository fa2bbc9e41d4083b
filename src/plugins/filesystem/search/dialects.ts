import { literalOf, piecesOf } from './plain-pattern.ts';

/** Inside brackets, as RE2 has them: ASCII only. */
const members: Readonly<Record<string, string>> = { '\\d': '0-9', '\\w': '0-9A-Za-z_', '\\s': '\\t\\n\\f\\r ' };

/** A byte that is no UTF-8: a letter of a single-byte encoding, which ripgrep does not decode. */
const foreign = '(?-u:[\\x80-\\xff])';
const anything = `(?:.|${foreign})`;

const ripgrepPieces: Readonly<Record<string, string>> = {
  '.': anything,
  '\\d': '[0-9]',
  '\\w': '[0-9A-Za-z_]',
  '\\s': '[\\t\\f\\r ]',
  '\\D': `(?:[^0-9]|${foreign})`,
  '\\W': `(?:[^0-9A-Za-z_]|${foreign})`,
  '\\S': `(?:[^\\t\\f\\r ]|${foreign})`,
  '\\b': '(?-u:\\b)',
  '\\B': '(?-u:\\B)',
  // A carriage return may be the end of a line or a part of one: to look at too many lines is to miss none.
  '^': '(?:^|\\r)',
  $: '(?:$|\\r)',
};

/**
 * A pattern for ripgrep that matches in every line in which RE2 finds the pattern, and in few others; undefined where
 * that is not sure. ripgrep's classes and word boundaries are Unicode's, and its dot is a character of UTF-8.
 */
export function forRipgrep(pattern: string, word: boolean): string | undefined {
  const flags = /^\(\?[is]+\)/.exec(pattern)?.[0] ?? '';
  const pieces = piecesOf(pattern.slice(flags.length))?.map(([text]) => text);
  if (!pieces || !anchorsStandAlone(pieces)) return undefined;
  const written = [flags];
  for (const text of pieces) {
    if (text === '\\n') return undefined;
    const one = text.startsWith('[') ? bracket(text) : (ripgrepPieces[text] ?? escaped(text));
    if (one === undefined) return undefined;
    written.push(one);
  }
  const body = written.join('');
  // The boundaries of a word would be looked for beyond the byte that an anchor has taken: too many words miss none.
  return word && !pieces.some(isAnchor) ? wholeWord(body) : body;
}

/** Text or a pattern of ripgrep's between the boundaries of a word, which are ASCII's. */
export function wholeWord(pattern: string): string {
  return `(?-u:\\b)(?:${pattern})(?-u:\\b)`;
}

/**
 * An anchor that is a byte here moves what is asked about the place before or after it: a start of line must be the first
 * thing that is asked about any place in its alternative, an end the last, and neither may be repeated.
 */
function anchorsStandAlone(pieces: readonly string[]): boolean {
  if (!pieces.some(isAnchor)) return true;
  let depth = 0;
  let asked: string | undefined;
  for (const [index, text] of pieces.entries()) {
    if (text.startsWith('(')) depth++;
    if (text === ')') depth--;
    if (text === '|' && depth === 0) asked = undefined;
    if (/^[*+{]/.test(text) && /^[)^$]$/.test(pieces[index - 1] ?? '')) return false;
    if (!isAnchor(text) && !/^\\[bB]$/.test(text)) continue;
    if (asked === '$' || (asked !== undefined && text === '^')) return false;
    asked = text;
  }
  return true;
}

function isAnchor(text: string): boolean {
  return text === '^' || text === '$';
}

/** A bracket in ripgrep's syntax, in which `&&`, `--` and `~~` are operators. */
function bracket(text: string): string | undefined {
  if (text.includes('--') || text.includes('\\n')) return undefined;
  if (/\\[DWS]/.test(text)) return anything;
  const inside = text.replaceAll(/\\[dws]/g, (one) => members[one] ?? one).replaceAll(/[&~]/g, '\\$&');
  return text.startsWith('[^') ? `(?:${inside}|${foreign})` : inside;
}

function escaped(text: string): string {
  const literal = literalOf(text);
  return literal === undefined ? text : escapeLiteral(literal);
}

/** Text as a pattern of ripgrep's. */
export function escapeLiteral(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$#&~-]/g, '\\$&');
}
