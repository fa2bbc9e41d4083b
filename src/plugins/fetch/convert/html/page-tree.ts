import { type CheerioAPI, load } from 'cheerio/slim';
import type { AnyNode, Element, ParentNode } from 'domhandler';
import { baseOf } from '../absolute-url.ts';
import { ForeignContent } from './foreign-content.ts';

/** One parsed page. It is parsed once, by cheerio on htmlparser2; everything else reads this tree. */
export interface PageTree {
  readonly $: CheerioAPI;
  readonly root: ParentNode;
  readonly url: string;
  readonly base: URL | undefined;
}

/** In a page that is XML, as XHTML is where it is sent as such, a tag that ends in a slash ends its element. */
export function parsePage(html: string, url: string, isXml = false): PageTree {
  const $ = load(html, { xml: { xmlMode: false, decodeEntities: true, recognizeSelfClosing: isXml } }, false);
  const root = $.root().get(0) as ParentNode;
  const base = mended(root);
  return { $, root, url, base: baseOf(base?.attribs.href, url) };
}

/** What may stand in a `head`: anything else ends it, although its end tag comes later. */
const headNames = new Set([
  'base',
  'basefont',
  'bgsound',
  'link',
  'meta',
  'noscript',
  'script',
  'style',
  'template',
  'title',
]);

/**
 * Puts what browsers take out of a `head`, a drawing or a formula behind it. The tags of further heads are nothing to
 * them. Returns the first `base` of the page, which it comes by.
 */
function mended(root: ParentNode): Element | undefined {
  const foreign = new ForeignContent();
  let isFirst = true;
  let base: Element | undefined;
  for (let node: AnyNode | null = root.children[0] ?? null; node; node = nextNode(node, root)) {
    if (!isElement(node)) continue;
    foreign.visit(node);
    if (node.name === 'base') base ??= node;
    if (node.name !== 'head' || !node.parent) continue;
    if (!isFirst) {
      node.name = 'x-head';
      continue;
    }
    isFirst = false;
    const end = node.children.findIndex((child) => !staysInHead(child));
    if (end === -1) continue;
    const out = node.children.splice(end);
    const last = node.children.at(-1);
    if (last) last.next = null;
    const siblings = node.parent.children as AnyNode[];
    siblings.splice(siblings.indexOf(node) + 1, 0, ...out);
    relink(node.parent);
  }
  foreign.finish();
  return base;
}

function staysInHead(node: AnyNode): boolean {
  if (node.type === 'text') return node.data.trim() === '';
  return !isElement(node) || headNames.has(node.name);
}

function relink(parent: ParentNode): void {
  for (const [index, child] of parent.children.entries()) {
    child.parent = parent;
    child.prev = parent.children[index - 1] ?? null;
    child.next = parent.children[index + 1] ?? null;
  }
}

export function isElement(node: AnyNode | ParentNode | null | undefined): node is Element {
  return node?.type === 'tag' || node?.type === 'script' || node?.type === 'style';
}

/** The node after `node` in document order inside `root`, without its children when `isOver`. Never recurses. */
export function nextNode(node: AnyNode, root: ParentNode, isOver = false): AnyNode | null {
  if (!isOver && 'children' in node && node.children[0]) return node.children[0];
  let at: AnyNode | ParentNode = node;
  while (at !== root) {
    if (at.next) return at.next;
    if (!at.parent) return null;
    at = at.parent;
  }
  return null;
}

export function firstNamed(root: ParentNode, name: string): Element | undefined {
  for (let node: AnyNode | null = root.children[0] ?? null; node; node = nextNode(node, root)) {
    if (isElement(node) && node.name === name) return node;
  }
  return undefined;
}

/** All text below a node, less what `isDropped` names; at most `limit` characters. */
export function textOf(root: ParentNode, isDropped: (element: Element) => boolean = isCode, limit = 1_000_000): string {
  let text = '';
  let node: AnyNode | null = root.children[0] ?? null;
  while (node && text.length < limit) {
    const skips = isElement(node) && isDropped(node);
    if (node.type === 'text') text += node.data;
    node = nextNode(node, root, skips);
  }
  return text;
}

function isCode({ name }: Element): boolean {
  return name === 'script' || name === 'style' || name === 'template';
}

/** Whether neither the element nor anything around it is hidden. */
export function isShown(element: Element, isHidden: (element: Element) => boolean): boolean {
  for (let at: ParentNode | null = element; isElement(at); at = at.parent) if (isHidden(at)) return false;
  return true;
}

/** Text with every run of white space as one space. */
export function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
