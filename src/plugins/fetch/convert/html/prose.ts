import type { AnyNode, ParentNode } from 'domhandler';
import { isElement, nextNode, squeeze } from './page-tree.ts';
import { Visibility } from './visibility.ts';

/** Elements whose text goes on in the line; every other one stands apart from what is around it. */
const inline = new Set([
  ...['a', 'abbr', 'b', 'bdi', 'bdo', 'big', 'cite', 'code', 'del', 'dfn', 'em', 'font', 'i', 'ins', 'kbd', 'label'],
  ...['mark', 'q', 's', 'samp', 'small', 'span', 'strong', 'sub', 'sup', 'time', 'tt', 'u', 'var', 'wbr'],
]);
const longest = 100_000;

/** What a reader sees of a fragment, as one line: without hidden elements, blocks set apart by a space. */
export function prose(root: ParentNode): string {
  const visibility = new Visibility({ root });
  let text = '';
  let node: AnyNode | null = root.children[0] ?? null;
  while (node && text.length < longest) {
    const skips = isElement(node) && visibility.isHidden(node);
    if (node.type === 'text') text += node.data;
    else if (isElement(node) && !inline.has(node.name)) text += ' ';
    const last: AnyNode = node;
    node = nextNode(node, root, skips);
    if (leavesBlock(last, node, root)) text += ' ';
  }
  return squeeze(text);
}

/** Whether the way from one node to the next leads out of a block. */
function leavesBlock(from: AnyNode, to: AnyNode | null, root: ParentNode): boolean {
  if (to !== null && to.parent === from) return false;
  const end = to?.parent ?? root;
  for (let at: AnyNode | ParentNode | null = from; at && at !== end; at = at.parent) {
    if (isElement(at) && !inline.has(at.name)) return true;
  }
  return false;
}
