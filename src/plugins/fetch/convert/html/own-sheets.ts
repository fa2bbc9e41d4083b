import type { Element } from 'domhandler';
import { textOf } from './page-tree.ts';

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
