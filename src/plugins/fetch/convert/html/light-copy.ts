import type { AnyNode, Element, ParentNode } from 'domhandler';
import { absoluteUrl } from '../absolute-url.ts';
import { codeLanguage } from './code-language.ts';
import { codeText } from './code-text.ts';
import { imageOf, isPixel, mediaOf } from './embedded.ts';
import { areaLabel, type ImageMaps } from './image-maps.ts';
import { LightNode } from './light-node.ts';
import { tableNode } from './light-table.ts';
import { mathOf } from './math.ts';
import { blockNames, type Measure } from './measure.ts';
import { isElement, nextNode, squeeze, textOf } from './page-tree.ts';
import { visibleText, withoutInvisible } from './visible-text.ts';

/** What copying needs to know of the page and of the caller's wishes. */
export interface CopyContext {
  readonly base: URL | undefined;
  readonly images: 'keep' | 'alt' | 'none';
  readonly measures: ReadonlyMap<ParentNode, Measure>;
  readonly maps: ImageMaps;
  /** What no reader sees. */
  readonly isHidden: (element: Element) => boolean;
  /** That, and what is left out of the content. */
  readonly isDropped: (element: Element) => boolean;
}

/** Elements deeper than this are not copied one by one: their text is. Real pages stay under 60. */
export const deepest = 250;

/** Copies a node of cheerio's tree below a light one, as what turndown's rules are to see of it. */
export function copyInto(parent: LightNode, node: AnyNode, context: CopyContext, depth: number, inLink = false): void {
  if (node.type === 'text') {
    if (node.data !== '' && !(endsInBreak(parent) && node.data.trim() === ''))
      parent.append(new LightNode('#text', {}, visibleText(node.data)));
  } else if (isElement(node) && !context.isDropped(node)) {
    if (depth > deepest) copyText(parent, node, context);
    else copyElement(parent, node, context, depth, inLink);
  }
}

export function copyChildren(
  parent: LightNode,
  from: Element,
  context: CopyContext,
  depth: number,
  inLink = false,
): void {
  for (const child of from.children) copyInto(parent, child, context, depth + 1, inLink);
}

function copyElement(parent: LightNode, element: Element, context: CopyContext, depth: number, inLink: boolean): void {
  if (element.name === 'br' && endsInBreak(parent) && parent.lastChild?.previousSibling?.nodeName === 'BR') return;
  const leaf = leafOf(element, context, inLink);
  if (leaf === null) return;
  if (leaf) {
    for (const node of leaf) parent.append(node);
    return;
  }
  if (element.name === 'a') {
    copyLink(parent, element, context, depth, inLink);
  } else if (element.name === 'table') {
    const table = tableNode(element, context, depth);
    if (table) parent.append(table);
    else copyLoose(parent, element, context, depth, inLink);
  } else if (inLink && blockNames.has(element.name)) {
    const isHeading = /^h[1-6]$/.test(element.name);
    copyChildren(parent.append(new LightNode(isHeading ? 'STRONG' : 'SPAN', {})), element, context, depth, true);
    parent.append(new LightNode('#text', {}, ' '));
  } else {
    const copy = parent.append(new LightNode(element.name.toUpperCase(), attributesOf(element)));
    if (listNames.has(element.name)) copyList(copy, element, context, depth, inLink);
    else copyChildren(copy, element, context, depth, inLink);
  }
}

/** What stands in a list outside its items is a paragraph between them, as browsers show it. */
function copyList(list: LightNode, element: Element, context: CopyContext, depth: number, inLink: boolean): void {
  let loose: LightNode | undefined;
  for (const child of element.children) {
    const isBlank = child.type === 'text' ? child.data.trim() === '' : !isElement(child) || context.isDropped(child);
    if (isBlank && !loose) continue;
    if (isElement(child) && blockNames.has(child.name)) loose = undefined;
    else loose ??= list.append(new LightNode('P', {}));
    copyInto(loose ?? list, child, context, depth + 1, inLink);
  }
}

/** The links that the parts of an image lead to. */
function areasOf(element: Element, { base, maps }: CopyContext): LightNode[] {
  const img =
    element.name === 'picture' ? element.children.filter(isElement).find(({ name }) => name === 'img') : element;
  if (!img || isPixel(img)) return [];
  return maps.take(img).flatMap((area) => {
    const url = absoluteUrl(area.attribs.href ?? '', base);
    if (url === undefined) return [];
    const link = new LightNode('A', { href: url });
    link.append(new LightNode('#text', {}, areaLabel(area) || url));
    return [new LightNode('#text', {}, ' '), link];
  });
}

const listNames = new Set(['ul', 'ol', 'menu', 'dir']);

/** White space after a line break is not seen, and more than two breaks are no more than a gap. */
function endsInBreak({ lastChild }: LightNode): boolean {
  return lastChild?.nodeName === 'BR';
}

/** Elements that become one node (or a few) without copying what is below; null: nothing; undefined: not such an element. */
function leafOf(element: Element, context: CopyContext, inLink: boolean): LightNode[] | null | undefined {
  switch (element.name) {
    case 'pre':
      return inLink
        ? [LightNode.inline('CODE', { code: withoutInvisible(codeText(element, context.isHidden)) })]
        : codeBlocks(element, context);
    case 'code':
    case 'samp':
    case 'tt':
    case 'kbd':
      return inlineCode(element, context);
    case 'img':
    case 'picture':
      return [...(imageOf(element, context) ?? []), ...(inLink ? [] : areasOf(element, context))];
    case 'video':
    case 'audio':
    case 'iframe':
      return mediaOf(element, context);
    case 'math':
    case 'script':
      return mathOf(element, context);
    case 'br':
      return [new LightNode('BR', {})];
    case 'wbr':
      return null;
    case 'input':
      return [new LightNode('INPUT', { checked: 'checked' in element.attribs ? 'yes' : '' })];
    default:
      return undefined;
  }
}

/** A `pre` as a fenced block; several where it holds several `code` elements, as pages do that let readers switch. */
export function codeBlocks(pre: Element, { isHidden }: Pick<CopyContext, 'isHidden'>): LightNode[] {
  const codes = pre.children.filter((child): child is Element => isElement(child) && child.name === 'code');
  const parts = codes.length > 1 ? codes : [pre];
  return parts.flatMap((part) => {
    const code = withoutInvisible(codeText(part, isHidden));
    return code === '' ? [] : [new LightNode('PRE', { code, language: codeLanguage(part) })];
  });
}

/** Code keeps the link around its whole text, which links inside a code span could not be. */
function inlineCode(element: Element, context: CopyContext): LightNode[] | null {
  const code = visibleText(squeeze(codeText(element, context.isHidden, 100_000)));
  if (code === '') return null;
  const node = LightNode.inline('CODE', { code });
  const links = element.children.filter((child) => child.type !== 'text' || child.data.trim() !== '');
  const only = links[0];
  if (links.length !== 1 || !isElement(only) || only.name !== 'a') return [node];
  const url = absoluteUrl(only.attribs.href ?? '', context.base);
  if (url === undefined) return [node];
  const link = new LightNode('A', { href: url });
  link.append(node);
  return [link];
}

function copyLink(parent: LightNode, element: Element, context: CopyContext, depth: number, inLink: boolean): void {
  const href = element.attribs.href;
  const isAnchor = href?.startsWith('#') ?? false;
  if (isAnchor && isPermalink(element)) return;
  const measured = context.measures.get(element);
  const url =
    href === undefined || href === '#' || inLink || measured?.hasLink ? undefined : absoluteUrl(href, context.base);
  if (url === undefined || (isAnchor && leadsToItself(element))) {
    copyChildren(parent, element, context, depth, inLink);
    return;
  }
  // No title: it is text that nobody sees without pointing at the link.
  const link = parent.append(new LightNode('A', { href: url }));
  copyChildren(link, element, context, depth, true);
}

/** The `#` or `¶` that documentation puts beside headings, and the arrow that leads from a note back to its place. */
function isPermalink(element: Element): boolean {
  const text = squeeze(textOf(element));
  if (/^(?:[#¶§🔗⚓^↑↩⤴]|\ufe0e|\ufe0f)*$/u.test(text))
    return element.children.every((child) => !isElement(child) || child.name !== 'img');
  return (
    /(^|[-\s])(headerlink|permalink|hash-link|anchor-?link|heading-?anchor)(\s|$)/.test(element.attribs.class ?? '') &&
    text.length < 30
  );
}

/** The link of a heading or term to its own place. */
function leadsToItself({ attribs, parent }: Element): boolean {
  if (!isElement(parent)) return false;
  return /^h[1-6]$/.test(parent.name) || (parent.attribs.id ?? '') === attribs.href?.slice(1);
}

/** A table that only arranges: its cells one after the other. */
function copyLoose(parent: LightNode, table: Element, context: CopyContext, depth: number, inLink: boolean): void {
  const box = parent.append(new LightNode(inLink ? 'SPAN' : 'DIV', {}));
  copyChildren(box, table, context, depth, inLink);
}

/** Below the depth limit only text is left, so that no nesting is too deep. */
function copyText(parent: LightNode, element: Element, context: CopyContext): void {
  let text = '';
  let node: AnyNode | null = element;
  while (node) {
    const isOver = isElement(node) && context.isDropped(node);
    if (node.type === 'text') text += node.data;
    else if (isElement(node) && blockNames.has(node.name)) text += ' ';
    node = nextNode(node, element, isOver);
  }
  parent.append(new LightNode('#text', {}, visibleText(text)));
}

function attributesOf({ name, attribs, children, parent }: Element): Record<string, string> {
  if (name === 'ol' && 'reversed' in attribs) {
    const items = children.filter((child) => isElement(child) && child.name === 'li').length;
    return { start: attribs.start ?? String(items), step: '-1' };
  }
  if (name === 'ol') return { start: attribs.start ?? '' };
  if (name === 'li') return { value: attribs.value ?? '' };
  if (name === 'dd') return hasTerms(parent) ? {} : { alone: 'yes' };
  return {};
}

const listsWithTerms = new WeakMap<ParentNode, boolean>();

/** Whether the list explains anything: wikis indent text by lists of explanations without terms. */
function hasTerms(list: ParentNode | null): boolean {
  if (!list) return false;
  const known = listsWithTerms.get(list);
  if (known !== undefined) return known;
  const has =
    !isElement(list) ||
    list.name !== 'dl' ||
    list.children.some((child) => isElement(child) && (child.name === 'dt' || child.name === 'div'));
  listsWithTerms.set(list, has);
  return has;
}
