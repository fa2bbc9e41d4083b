/** Text between the brackets of an image or link, where any bracket would end it. */
export function escapeLabel(text: string): string {
  return text.replace(/[\\`*[\]]/g, '\\$&').replace(/<(?=[A-Za-z/!?])/g, '\\<');
}

/** A code span as `codeSpan` marks it, a mark that is escaped, or a bracket. */
const spanOrBracket = /\ufdd7[^\ufdd8]*\ufdd8|\\[\s\S]|[[\]]/g;

/**
 * Markdown that becomes the text of a link: brackets without partners would end it, and are escaped. Those in code stay:
 * code spans bind tighter than links, and a backslash in them is one that is seen (CommonMark 6.1).
 */
export function balanceBrackets(markdown: string): string {
  let depth = 0;
  let isBalanced = true;
  for (const [mark] of markdown.matchAll(spanOrBracket)) {
    if (mark === '[') depth++;
    else if (mark === ']' && --depth < 0) isBalanced = false;
  }
  if (isBalanced && depth === 0) return markdown;
  return markdown.replace(spanOrBracket, (mark) => (mark.length > 1 ? mark : `\\${mark}`));
}

/** Stands for the backslash before what is markup only at the beginning of a line. */
export const atLineStart = '\ufdd9';

const special = /[\\`*_<|[\]~$]|^[-+=#>\d]/;

/**
 * Escapes what Markdown would read as markup, and no more: an underscore inside a word and a bracket that begins no link
 * stay as they are, because a model pays for every backslash. `<` is escaped before a name, or where the
 * name may stand in the next node, so that text about HTML does not become HTML.
 */
export function escapeMarkdown(text: string): string {
  if (!special.test(text)) return text;
  return text
    .replace(/[\\`*]/g, '\\$&')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(/<(?=[A-Za-z/!?]|$)/g, '\\<')
    .replace(/\](?=[([:])/g, '\\]')
    .replace(/~(?=~)/g, '\\~')
    .replace(/^(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|={2,}|-{3,})/, `${atLineStart}$1`)
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, `$1${atLineStart}$2`);
}

/** Marks that may stand before the first text of a line. */
const linePrefix = /(?:^|\n)[ >]*(?:(?:[-*+]|\d{1,9}[.)]) +)*\d{0,9}$/;
const longestPrefix = 300;

/** Writes the backslashes that `atLineStart` stands for, where they are needed. */
export function writeLineStarts(markdown: string): string {
  return markdown.replace(/\ufdd9/g, (_, offset: number) => {
    const before = markdown.slice(Math.max(0, offset - longestPrefix), offset);
    return linePrefix.test(offset > longestPrefix ? before.slice(before.indexOf('\n')) : before) ? '\\' : '';
  });
}
