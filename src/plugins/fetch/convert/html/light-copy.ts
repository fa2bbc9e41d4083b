import type { AnyNode, Element, ParentNode } from 'domhandler';
import { absoluteUrl } from '../absolute-url.ts';
import type { FramedPages } from './framed-pages.ts';
import type { ImageMaps } from './image-maps.ts';
import { gapsAround, leafOf } from './leaf-nodes.ts';
import { isList, LightNode } from './light-node.ts';
import { tableNode } from './light-table.ts';
import { blockNames, type Measure } from './measure.ts';
import { isElement, nextNode, squeeze, textOf } from './page-tree.ts';
import { visibleText } from './visible-text.ts';

/** What copying needs to know of the page and of the caller's wishes. */
export interface CopyContext {
  readonly base: URL | undefined;
  readonly images: 'keep' | 'alt' | 'none';
  readonly measures: ReadonlyMap<ParentNode, Measure>;
  readonly maps: ImageMaps;
  readonly framed: FramedPages;
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
      parent.append(LightNode.text(visibleText(node.data)));
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
  // The line that a break behind a list ends has nothing in it.
  if (element.name === 'br' && isList(parent.lastChild)) return;
  const leaf = leafOf(element, context, inLink);
  if (leaf === null) return;
  if (leaf) {
    for (const node of leaf) parent.append(node);
    return;
  }
  if (element.name === 'button') {
    const [before, after] = gapsAround(element);
    parent.append(LightNode.text(before));
    copyChildren(parent.append(new LightNode('SPAN', {})), element, context, depth, inLink);
    parent.append(LightNode.text(after));
  } else if (element.name === 'a') {
    copyLink(parent, element, context, depth, inLink);
  } else if (element.name === 'table') {
    const table = tableNode(element, context, depth);
    if (table) parent.append(table);
    else copyLoose(parent, element, context, depth, inLink);
  } else if (inLink && blockNames.has(element.name)) {
    const isHeading = /^h[1-6]$/.test(element.name);
    parent.append(LightNode.text(' '));
    copyChildren(parent.append(new LightNode(isHeading ? 'STRONG' : 'SPAN', {})), element, context, depth, true);
    parent.append(LightNode.text(' '));
  } else {
    const copy = parent.append(new LightNode(upperCase(element.name), attributesOf(element)));
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

const upperNames = new Map<string, string>();
const mostNames = 500;
/** Blocks that turndown takes for parts of a line. */
const boxes = new Set(['details', 'legend', 'search']);

/** One string for each name: turndown compares it with lists of names, which is fast with strings that are the same. */
function upperCase(name: string): string {
  const known = upperNames.get(name);
  if (known !== undefined) return known;
  const upper = boxes.has(name) ? 'DIV' : name === 'isindex' ? 'X-ISINDEX' : name.toUpperCase();
  if (upperNames.size < mostNames && name.length < 20) upperNames.set(name, upper);
  return upper;
}

const listNames = new Set(['ul', 'ol', 'menu', 'dir']);

/** White space after a line break is not seen, and more than two breaks are no more than a gap. */
function endsInBreak({ lastChild }: LightNode): boolean {
  return lastChild?.nodeName === 'BR';
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

const controlNames = new Set(['select', 'textarea', 'svg', 'object', 'iframe']);

/** Below the depth limit only text is left, so that no nesting is too deep. */
function copyText(parent: LightNode, element: Element, context: CopyContext): void {
  let text = '';
  let node: AnyNode | null = element;
  while (node) {
    const isOver = isElement(node) && (context.isDropped(node) || controlNames.has(node.name));
    if (node.type === 'text') text += node.data;
    else if (isElement(node) && blockNames.has(node.name)) text += ' ';
    node = nextNode(node, element, isOver);
  }
  parent.append(LightNode.text(visibleText(text)));
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
