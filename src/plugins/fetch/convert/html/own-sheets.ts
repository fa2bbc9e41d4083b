import type { AnyNode, Element, ParentNode } from 'domhandler';
import { isElement, nextNode, textOf } from './page-tree.ts';

/** What speaks for the whole page stands at its beginning. */
const mostLooked = 500;

/** The text of a `style` element, in the media it is for. */
export function sheetOf(style: Element): string {
  if (!/^(text\/css)?$/i.test(style.attribs.type ?? '')) return '';
  return inMedia(
    textOf(style, () => false, Number.POSITIVE_INFINITY),
    style.attribs.media,
  );
}

export function inMedia(sheet: string, media: string | undefined): string {
  return media === undefined || media.trim() === '' ? sheet : `@media ${media}{${sheet}}`;
}

/** A sheet that the link itself carries; undefined where it is elsewhere. */
export function dataSheet(href: string): string | undefined {
  const [, head, body = ''] = /^\s*data:([^,]*),([\s\S]*)$/i.exec(href) ?? [];
  if (head === undefined) return undefined;
  const plain = body.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return /;\s*base64\s*$/i.test(head) ? Buffer.from(plain, 'base64').toString('utf8') : plain;
}

const darkScheme = /color-scheme\s*:\s*(?:only\s+)?dark(?:\s+only)?\s*[;}!]/i;

/** Whether the page, or a part of it, asks for the dark colours of browsers, so that its canvas is not known to be white. */
export function isDarkPage(root: ParentNode, sheets: readonly string[]): boolean {
  if (sheets.some((sheet) => darkScheme.test(sheet))) return true;
  let node: AnyNode | null = root.children[0] ?? null;
  for (let looked = 0; node && looked < mostLooked; looked++) {
    if (isElement(node) && asksForDark(node)) return true;
    node = nextNode(node, root);
  }
  return false;
}

function asksForDark({ name, attribs }: Element): boolean {
  if (name === 'meta' && /^color-scheme$/i.test(attribs.name ?? ''))
    return /^\s*(only\s+)?dark(\s+only)?\s*$/i.test(attribs.content ?? '');
  return (name === 'html' || name === 'body') && darkScheme.test(`${attribs.style ?? ''};`);
}
