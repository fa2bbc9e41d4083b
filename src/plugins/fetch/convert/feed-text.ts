import { parsePage, squeeze } from './html/page-tree.ts';
import { prose } from './html/prose.ts';
import { visibleText } from './html/visible-text.ts';
import { firstOf } from './whole-characters.ts';

const longest = 500;
/** Most characters of a description or summary. */
export const longestSummary = 2000;

/** Text that is plain where it stands: Atom's text constructs without a type (RFC 4287 section 3.1), JSON Feed's fields. */
export function plainText(text: string | null, limit = longest): string | null {
  const words = text === null ? '' : visibleText(squeeze(text));
  if (words === '') return null;
  return words.length > limit ? `${firstOf(words, limit)}…` : words;
}

/** The words of HTML, as descriptions hold it. */
export function htmlText(text: string | null, limit = longest): string | null {
  return plainText(text !== null && /[<&]/.test(text) ? prose(parsePage(text, '').root) : text, limit);
}

/**
 * A title of RSS, which does not say what it is: HTML where an element is closed or a line broken in it, else plain
 * text, whose character references were escaped twice.
 */
export function titleText(text: string | null): string | null {
  if (text === null || isMarkup(text)) return htmlText(text);
  return htmlText(text.replaceAll('<', '&lt;'));
}

function isMarkup(text: string): boolean {
  const closed = new Set([...text.matchAll(/<\/([a-z][a-z0-9]*)\s*>/gi)].map(([, name = '']) => name.toLowerCase()));
  return [...text.matchAll(/<([a-z][a-z0-9]*)(?=[\s/>])/gi)].some(
    ([, name = '']) => closed.has(name.toLowerCase()) || /^br$/i.test(name),
  );
}
