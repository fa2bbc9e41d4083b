import { absoluteUrl } from '../absolute-url.ts';
import type { JobResults, PageLink } from '../job.ts';
import { frameLabel } from './page-frames.ts';
import { isElement, nextNode, parsePage, squeeze, textOf } from './page-tree.ts';
import { Visibility } from './visibility.ts';
import { visibleText } from './visible-text.ts';

const mostLinks = 10_000;

/** Every link a reader could follow, once, in order of the page. */
export function pageLinks(html: string, url: string): JobResults['links'] {
  const tree = parsePage(html, url);
  const visibility = new Visibility(tree);
  const here = URL.canParse(url) ? new URL(url).host : '';
  const found = new Map<string, PageLink>();
  let isOver = false;
  for (
    let node = tree.root.children[0] ?? null;
    node && found.size < mostLinks;
    node = nextNode(node, tree.root, isOver)
  ) {
    const isFrame = isElement(node) && node.name === 'frame';
    isOver = isElement(node) && node.name !== 'head' && !isFrame && visibility.isHidden(node);
    if (isOver || !isElement(node) || (node.name !== 'a' && node.name !== 'area' && !isFrame)) continue;
    const target = absoluteUrl((isFrame ? node.attribs.src : node.attribs.href) ?? '', tree.base);
    if (target === undefined || found.get(target)?.text) continue;
    const text =
      visibleText(squeeze(textOf(node, (inner) => visibility.isHidden(inner), 500))) ||
      (isFrame ? frameLabel(node) : squeeze(node.attribs['aria-label'] ?? node.attribs.title ?? ''));
    const internal = /^https?:/.test(target) && new URL(target).host === here;
    found.set(target, { url: target, text: text.slice(0, 300), rel: node.attribs.rel ?? null, internal });
  }
  const isFull = found.size >= mostLinks;
  const many = `The page has more than the ${mostLinks} links that are read; only the first are here.`;
  return { links: [...found.values()], warnings: isFull ? [...visibility.warnings, many] : visibility.warnings };
}
