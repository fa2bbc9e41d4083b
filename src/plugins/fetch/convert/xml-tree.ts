import { load } from 'cheerio/slim';
import type { AnyNode, Element, ParentNode } from 'domhandler';
import { isElement, nextNode, squeeze, textOf } from './html/page-tree.ts';
import { prose } from './html/prose.ts';

/** Parses XML as far as it goes; entities that a document declares itself are never expanded. */
export function parseXml(text: string): ParentNode {
  return load(text, { xml: { xmlMode: true, decodeEntities: true } }, false)
    .root()
    .get(0) as ParentNode;
}

/** The local name of an element, lower case: `atom:link` is `link`. */
function localName({ name }: Element): string {
  return name.slice(name.indexOf(':') + 1).toLowerCase();
}

/** Elements of these names in document order; not those in the fields of another, which would be read once for each around them. */
export function* elementsNamed(root: ParentNode, ...names: readonly string[]): Generator<Element> {
  const isNamed = (node: AnyNode | ParentNode | null) => isElement(node) && names.includes(localName(node));
  let isField = false;
  for (let node: AnyNode | null = root.children[0] ?? null; node; node = nextNode(node, root, isField)) {
    isField = false;
    if (!isElement(node)) continue;
    if (isNamed(node)) yield node;
    else isField = node.parent !== root && isNamed(node.parent);
  }
}

export function childrenNamed(parent: ParentNode, ...names: readonly string[]): Element[] {
  return parent.children.filter((child): child is Element => isElement(child) && names.includes(localName(child)));
}

/** The text of the first of these children that has any, CDATA included. */
export function childText(parent: ParentNode, ...names: readonly string[]): string | null {
  return childField(parent, ...names)?.text ?? null;
}

/** That, with the element it stands in; undefined where there is none. */
export function childField(
  parent: ParentNode,
  ...names: readonly string[]
): { readonly text: string; readonly element: Element; readonly isMarkup: boolean } | undefined {
  for (const name of names) {
    for (const child of childrenNamed(parent, name)) {
      const isMarkup = child.children.some(isElement); // XHTML that stands in the feed itself
      const text = isMarkup ? prose(child) : squeeze(textOf(child, () => false, 100_000));
      if (text !== '') return { text, element: child, isMarkup };
    }
  }
  return undefined;
}
