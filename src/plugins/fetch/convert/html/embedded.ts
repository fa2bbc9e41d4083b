import type { Element } from 'domhandler';
import { absoluteUrl } from '../absolute-url.ts';
import type { CopyContext } from './light-copy.ts';
import { LightNode } from './light-node.ts';
import { isElement, squeeze } from './page-tree.ts';
import { visibleText } from './visible-text.ts';

type EmbedContext = Pick<CopyContext, 'base' | 'images'>;

/** An image as the caller wants it; null for one that shows nothing (a tracking pixel, a placeholder). */
export function imageOf(element: Element, { base, images }: EmbedContext): LightNode[] | null {
  const img =
    element.name === 'picture' ? element.children.filter(isElement).find(({ name }) => name === 'img') : element;
  if (!img || images === 'none' || isPixel(img)) return null;
  const alt = visibleText(squeeze(img.attribs.alt ?? ''));
  if (images === 'alt') return alt === '' ? null : [LightNode.text(alt)];
  const src = sourceOf(img, element, base);
  if (src === undefined) return alt === '' ? null : [LightNode.text(alt)];
  return [new LightNode('IMG', { src, alt })];
}

/** Lazy loaders keep the real address beside a placeholder. */
function sourceOf(img: Element, picture: Element, base: URL | undefined): string | undefined {
  const { attribs } = img;
  const source = picture === img ? undefined : picture.children.filter(isElement).find(({ name }) => name === 'source');
  const candidates = [
    ...[
      attribs['data-src'],
      attribs['data-original'],
      attribs['data-lazy-src'],
      attribs['data-actualsrc'],
      attribs.src,
    ],
    ...[largestOf(attribs['data-srcset']), largestOf(attribs.srcset), largestOf(source?.attribs.srcset)],
  ];
  for (const candidate of candidates) {
    const url = candidate === undefined ? undefined : absoluteUrl(candidate, base);
    if (url !== undefined && /^https?:/.test(url)) return url;
  }
  return undefined;
}

function largestOf(srcset: string | undefined): string | undefined {
  let best: string | undefined;
  let bestSize = -1;
  for (const [, url, size] of (srcset ?? '')
    .slice(0, 20_000)
    .matchAll(/([^\s,]\S*[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)/g)) {
    if (Number(size ?? 1) > bestSize) {
      bestSize = Number(size ?? 1);
      best = url;
    }
  }
  return best;
}

/** A picture that nobody sees: it counts visits, or keeps a distance. */
export function isPixel({ attribs }: Element): boolean {
  return [attribs.width, attribs.height].some((size) => size !== undefined && /^[01](px)?$/.test(size.trim()));
}

const names: Readonly<Record<string, string>> = { iframe: 'embedded page', object: 'embedded file' };

/** A film, a sound or an embedded page as a link to it; null where it has no web address. */
export function mediaOf(element: Element, { base }: EmbedContext): LightNode[] | null {
  const { name, attribs } = element;
  const source = element.children.filter(isElement).find((child) => child.name === 'source');
  const url = absoluteUrl(attribs.src ?? attribs.data ?? attribs['data-src'] ?? source?.attribs.src ?? '', base);
  if (url === undefined || !/^https?:/.test(url) || isPixel(element)) return null;
  const label = squeeze(attribs.title ?? attribs['aria-label'] ?? '') || (names[name] ?? name);
  return [LightNode.inline('MEDIA', { url, label: visibleText(label) })];
}
