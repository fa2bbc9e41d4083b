import type { AnyNode, Element, ParentNode } from 'domhandler';
import { isElement, nextNode } from './page-tree.ts';

/** Takes comments and the elements that `isDropped` names out of the tree. Each list of children is gone through once. */
export function prune(root: ParentNode, isDropped: (element: Element) => boolean): void {
  const isKept = (node: AnyNode) => node.type !== 'comment' && !(isElement(node) && isDropped(node));
  keepChildren(root, isKept);
  for (let node = root.children[0] ?? null; node; node = nextNode(node, root)) {
    if ('children' in node) keepChildren(node, isKept);
  }
}

function keepChildren(parent: ParentNode, isKept: (node: AnyNode) => boolean): void {
  const kept = (parent.children as AnyNode[]).filter(isKept);
  if (kept.length === parent.children.length) return;
  for (const [index, child] of kept.entries()) {
    child.prev = (kept[index - 1] ?? null) as typeof child.prev;
    child.next = (kept[index + 1] ?? null) as typeof child.next;
  }
  parent.children = kept as typeof parent.children;
}
