import type { AnyNode, Element, ParentNode } from 'domhandler';
import { isGutter } from './code-gutter.ts';
import { codeCells, onlyTable } from './code-table.ts';
import { isElement } from './page-tree.ts';

const lineNames = new Set(['div', 'li', 'tr', 'p']);

/**
 * The code inside a `pre` or `code`: text as it stands, a line for each line element (Shiki, Prism, tables of lines),
 * line breaks for `br`, and no gutters of line numbers or copy buttons, nor what else is hidden.
 */
export function codeText(root: ParentNode, isHidden: (element: Element) => boolean, limit = 5_000_000): string {
  const table = onlyTable(root);
  const isSeen = table && !isHidden(table) && !(isElement(table.parent) && isHidden(table.parent));
  const cells = isSeen ? codeCells(table, true) : undefined;
  return cells ? cellsText(cells, isHidden, limit) : ownText(root, isHidden, limit);
}

/** The code of a table whose cells are its lines, or that has all of it in one. */
export function cellsText(
  cells: readonly Element[],
  isHidden: (element: Element) => boolean,
  limit = 5_000_000,
): string {
  let text = '';
  for (const cell of cells) {
    if (text.length >= limit) break;
    if (isInHidden(cell, isHidden)) continue;
    text += `${ownText(cell, isHidden, limit)}\n`;
  }
  return text.trimEnd();
}

function isInHidden(cell: Element, isHidden: (element: Element) => boolean): boolean {
  for (let at: ParentNode | null = cell; isElement(at) && at.name !== 'table'; at = at.parent)
    if (isHidden(at)) return true;
  return false;
}

function ownText(root: ParentNode, isHidden: (element: Element) => boolean, limit: number): string {
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
  return isElement(after) && after.name !== 'br' && !(last?.type === 'text' && last.data.endsWith('\n'));
}
