import type { AnyNode, Element, ParentNode } from 'domhandler';
import { isElement } from './page-tree.ts';

const gutter =
  /(^|[-_\s])(line-?numbers?(-rows)?|lineno(s|de)?|gutter|ln-num|hljs-ln-numbers?|blob-num|linenumber|rouge-gutter|copy-?(btn|button)|clipboard-copy|tooltiptext)(?=$|[-_\s])/i;
const lineNames = new Set(['div', 'li', 'tr', 'p']);

/**
 * The code inside a `pre` or `code`: text as it stands, a line for each line element (Shiki, Prism, tables of lines),
 * line breaks for `br`, and no gutters of line numbers or copy buttons, nor what else is hidden.
 */
export function codeText(root: ParentNode, isHidden: (element: Element) => boolean, limit = 5_000_000): string {
  let text = '';
  const breakLine = (node: AnyNode | ParentNode) => {
    if (node !== root && isElement(node) && isLineElement(node) && text !== '' && !text.endsWith('\n')) text += '\n';
  };
  let node: AnyNode | null = root.children[0] ?? null;
  while (node && text.length < limit) {
    if (node.type === 'text') text += node.data;
    else if (isElement(node) && node.name === 'br') text += '\n';
    breakLine(node);
    const child: AnyNode | undefined =
      isElement(node) && !isGutter(node) && !isHidden(node) ? node.children[0] : undefined;
    node = child ?? following(node, root, breakLine);
  }
  return text.replaceAll('\r\n', '\n').replaceAll('\u00a0', ' ').replace(/^\n+/, '').trimEnd();
}

/** The node after this one and all below it; `onLeave` is told of each ancestor that ends before it. */
function following(from: AnyNode, root: ParentNode, onLeave: (node: ParentNode) => void): AnyNode | null {
  let node: AnyNode | ParentNode = from;
  while (node !== root) {
    if (node.next) return node.next;
    if (!node.parent) return null;
    node = node.parent;
    onLeave(node);
  }
  return null;
}

/** A span of class `line` is a line only where the lines are not already parted by line breaks in the text. */
function isLineElement(element: Element): boolean {
  if (lineNames.has(element.name)) return true;
  if (element.name !== 'span' || !/(^|\s)(line|token-line|code-line|cl)(\s|$)/.test(element.attribs.class ?? ''))
    return false;
  const last = element.children.at(-1);
  const after = element.next;
  return isElement(after) && !(last?.type === 'text' && last.data.endsWith('\n'));
}

function isGutter({ name, attribs }: Element): boolean {
  if (name === 'button' || name === 'script' || name === 'style' || name === 'svg' || name === 'input') return true;
  if (attribs['aria-hidden'] === 'true' || 'data-line-number' in attribs) return true;
  return attribs.class !== undefined && gutter.test(attribs.class);
}
