import type { Element } from 'domhandler';
import { absoluteUrl } from '../absolute-url.ts';
import type { JobResults, PageLink } from '../job.ts';
import { firstOf } from '../whole-characters.ts';
import { isPixel } from './embedded.ts';
import { areaLabel, ImageMaps } from './image-maps.ts';
import { frameLabel } from './page-frames.ts';
import { isElement, nextNode, parsePage, squeeze, textOf } from './page-tree.ts';
import { Visibility } from './visibility.ts';
import { visibleText } from './visible-text.ts';

const mostLinks = 10_000;

/** Every link a reader could follow, once, in order of the page. */
export function pageLinks(html: string, url: string, isXml = false): JobResults['links'] {
  const tree = parsePage(html, url, isXml);
  const visibility = new Visibility(tree);
  const here = URL.canParse(url) ? new URL(url).host : '';
  const maps = new ImageMaps(tree.root);
  const found = new Map<string, PageLink>();
  const add = (href: string | undefined, rel: string | undefined, textOfLink: () => string) => {
    const target = absoluteUrl(href ?? '', tree.base);
    if (target === undefined || found.get(target)?.text) return;
    const internal = /^https?:/.test(target) && new URL(target).host === here;
    found.set(target, { url: target, text: firstOf(textOfLink(), 300), rel: rel ?? null, internal });
  };
  let isOver = false;
  for (
    let node = tree.root.children[0] ?? null;
    node && found.size < mostLinks;
    node = nextNode(node, tree.root, isOver)
  ) {
    const isFrame = isElement(node) && node.name === 'frame';
    isOver = isElement(node) && node.name !== 'head' && !isFrame && visibility.isHidden(node);
    if (isOver || !isElement(node)) continue;
    const element = node;
    const { attribs } = element;
    if (isFrame) add(attribs.src, attribs.rel, () => frameLabel(element));
    else if (element.name === 'a') add(attribs.href, attribs.rel, () => linkText(element, visibility));
    else if (element.name === 'img' && !isPixel(element))
      for (const area of maps.take(element)) add(area.attribs.href, area.attribs.rel, () => areaLabel(area));
  }
  const isFull = found.size >= mostLinks;
  const many = `The page has more than the ${mostLinks} links that are read; only the first are here.`;
  return { links: [...found.values()], warnings: isFull ? [...visibility.warnings, many] : visibility.warnings };
}

function linkText(link: Element, visibility: Visibility): string {
  const { attribs } = link;
  return (
    visibleText(squeeze(textOf(link, (inner) => visibility.isHidden(inner), 500))) ||
    visibleText(squeeze(attribs['aria-label'] ?? '')) ||
    altOf(link, visibility) ||
    visibleText(squeeze(attribs.title ?? ''))
  );
}

/** What the pictures in a link say in place of text. */
function altOf(link: Element, visibility: Visibility): string {
  const alts: string[] = [];
  let isOver = false;
  for (let node = link.children[0] ?? null; node && alts.length < 10; node = nextNode(node, link, isOver)) {
    isOver = isElement(node) && visibility.isHidden(node);
    if (isOver || !isElement(node) || node.name !== 'img' || isPixel(node)) continue;
    const alt = visibleText(squeeze(node.attribs.alt ?? ''));
    if (alt !== '') alts.push(alt);
  }
  return alts.join(' ');
}
