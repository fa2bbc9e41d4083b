import { SeenPieces, type SeenText } from './seen-pieces.ts';
import { firstOf } from './whole-characters.ts';

/** A heading, with the offset in the source where it begins. */
export interface SeenHeading {
  readonly start: number;
  readonly level: number;
  readonly text: string;
}

/** What goes on in the line; every other tag sets its text apart. */
const inline =
  /^(?:a|abbr|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr)$/i;
const tag = /<(?:!--[\s\S]*?-->|[!?][^>]*>|(\/?)([a-z][^\s/>]*)(?:"[^"]*"|'[^']*'|[^'">])*>)/iy;
const reference = /&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi;
const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/**
 * The text between the tags of HTML as `pageSource` writes it, character references read, and its headings. Tags and
 * attributes are no text; where one sets text apart there is a line end.
 */
export function seenHtml(html: string): { readonly seen: SeenText; readonly headings: readonly SeenHeading[] } {
  const pieces = new SeenPieces();
  const headings: SeenHeading[] = [];
  let heading: { start: number; level: number; piece: number } | undefined;
  let at = 0;
  for (let open = html.indexOf('<'); open !== -1; open = html.indexOf('<', Math.max(at, open + 1))) {
    if (!/[a-z/!?]/i.test(html.charAt(open + 1))) continue;
    tag.lastIndex = open;
    const found = tag.exec(html);
    if (!found) break; // it never ends, and so is text with all behind it
    const { 0: whole, 1: slash, 2: name = '', index } = found;
    addText(pieces, html.slice(at, index), at);
    at = index + whole.length;
    const level = Number(/^h([1-6])$/i.exec(name)?.[1] ?? 0);
    if (level > 0 && slash === '') heading = { start: index, level, piece: pieces.texts.length };
    else if (level > 0 && heading) {
      const text = pieces.texts.slice(heading.piece).join('').replace(/\s+/g, ' ').trim();
      if (text !== '') headings.push({ start: heading.start, level: heading.level, text: firstOf(text, 200) });
      heading = undefined;
    }
    if (name !== '' && !inline.test(name)) pieces.add('\n', index, whole.length);
  }
  addText(pieces, html.slice(at), at);
  return { seen: pieces.seen(), headings };
}

function addText(pieces: SeenPieces, text: string, offset: number): void {
  let at = 0;
  for (const { 0: whole, 1: name, 2: decimal, 3: hexadecimal, index } of text.matchAll(reference)) {
    pieces.add(text.slice(at, index), offset + at);
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    const character = name === undefined ? characterOf(code) : (named[name.toLowerCase()] ?? '');
    pieces.add(character, offset + index, whole.length);
    at = index + whole.length;
  }
  pieces.add(text.slice(at), offset + at);
}

function characterOf(code: number): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}
