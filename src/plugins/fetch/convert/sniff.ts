import { guessUtf16 } from './decode.ts';
import type { ContentKind } from './job.ts';

const signatures: readonly (readonly [type: string, offset: number, bytes: string])[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['image/avif', 4, 'ftypavif'],
];

export type Sniffed =
  | { readonly kind: Exclude<ContentKind, 'image'> }
  | { readonly kind: 'image'; readonly imageType: string }
  | { readonly kind: 'binary' };

/** What the bytes are. The content type is believed only as far as the bytes bear it out: servers lie. */
export function sniff(bytes: Uint8Array, contentType: string | undefined): Sniffed {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  for (const [imageType, offset, signature] of signatures) {
    if (head.startsWith(signature, offset)) return { kind: 'image', imageType };
  }
  const type = mediaType(contentType);
  if (isPdf(head, type)) return { kind: 'pdf' };
  if (isBinary(head, saysText(type), guessUtf16(bytes) !== undefined)) return { kind: 'binary' };
  return { kind: textKind(head.replaceAll('\0', ''), type) };
}

/** Readers look for the mark in the first 1024 bytes; a text that only speaks of it is not one of them. */
function isPdf(head: string, type: string): boolean {
  if (/^(\xef\xbb\xbf)?\s*%PDF-/.test(head)) return true;
  return head.includes('%PDF-') && (type === 'application/pdf' || isBinary(head, false, false));
}

/** `text/html; charset=x` is `text/html`. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Whether browsers read the page as XML. */
export function isXhtml(contentType: string | undefined): boolean {
  return mediaType(contentType) === 'application/xhtml+xml';
}

/**
 * The media type in a form that may stand in this server's own words: a token as RFC 6838 names types, without
 * parameters; undefined for anything else, since the header is the site's to write and could hold a sentence.
 */
export function mediaTypeToken(contentType: string | undefined): string | undefined {
  const type = mediaType(contentType);
  return /^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}$/.test(type) ? type : undefined;
}

function textKind(head: string, type: string): Exclude<ContentKind, 'image' | 'pdf'> {
  const start = head.replace(/^(\xef\xbb\xbf|\xfe\xff|\xff\xfe)/, '').trimStart();
  const isFeed = /<(rss|feed|rdf:RDF)[\s>]/.test(start.slice(0, 600)) && /^<(\?xml|rss|feed|rdf:RDF|!--)/.test(start);
  const saysHtml = type === 'text/html' || type === 'application/xhtml+xml';
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  if (type === 'text/markdown' || type === 'text/x-markdown') return 'markdown';
  if (isFeed && type !== 'text/plain' && !saysHtml) return 'feed';
  if (saysHtml) return 'html';
  // Browsers show plain text, code and SVG as they are; what is called anything else may well be a page.
  const isShownAsIs = /^text\/(?!xml)|javascript|^image\/svg/.test(type);
  if (!isShownAsIs) {
    if (/^(<!doctype html|<html[\s>])/i.test(start) || /<html[\s>]/i.test(start.slice(0, 400))) return 'html';
    if (type === '' && /^<(head|body|div|p|h1|article|main)[\s>]/i.test(start)) return 'html';
    if (type === '' && /^[[{]\s*["{[\]}]/.test(start)) return 'json';
  }
  return 'text';
}

function saysText(type: string): boolean {
  return /^text\/|^application\/(xhtml\+xml|xml|json)$|\+(xml|json)$/.test(type);
}

/**
 * Many control characters, or any NUL where nothing says that this is text: browsers drop the few that a broken program
 * leaves in a page.
 */
function isBinary(head: string, isSaidToBeText: boolean, looksUtf16: boolean): boolean {
  if (head.startsWith('\xfe\xff') || head.startsWith('\xff\xfe')) return false;
  const nuls = looksUtf16 ? 0 : head.split('\0').length - 1;
  if (nuls > 0 && !isSaidToBeText) return true;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is counted
  const controls = head.match(/[\x01-\x08\x0e-\x1a\x1c-\x1f]/g)?.length ?? 0;
  return nuls + controls > head.length / 20;
}
