import type { Element, ParentNode } from 'domhandler';
import { concealsByAttribute } from './hidden-attributes.ts';
import { isElement, nextNode, squeeze } from './page-tree.ts';
import { visibleText } from './visible-text.ts';

const mostAreas = 1000;

/** The image maps of a page. Their areas are links where an image that uses the map is shown, and nowhere else. */
export class ImageMaps {
  readonly #root: ParentNode;
  #byName: Map<string, Element> | undefined;

  constructor(root: ParentNode) {
    this.#root = root;
  }

  /** The areas of the image's map that lead somewhere; none the second time, since a link listed once is enough. */
  take({ attribs }: Element): readonly Element[] {
    const name = attribs.usemap?.trim().replace(/^#/, '');
    if (!name) return [];
    this.#byName ??= this.#named();
    const map = this.#byName.get(name);
    this.#byName.delete(name);
    if (!map || concealsByAttribute(map.attribs)) return [];
    const areas: Element[] = [];
    let node = map.children[0] ?? null;
    for (; node && areas.length < mostAreas; node = nextNode(node, map)) {
      if (isElement(node) && node.name === 'area' && node.attribs.href && !concealsByAttribute(node.attribs))
        areas.push(node);
    }
    return areas;
  }

  #named(): Map<string, Element> {
    const found = new Map<string, Element>();
    for (let node = this.#root.children[0] ?? null; node; node = nextNode(node, this.#root)) {
      if (!isElement(node) || node.name !== 'map') continue;
      for (const name of [node.attribs.name, node.attribs.id]) if (name && !found.has(name)) found.set(name, node);
    }
    return found;
  }
}

export function areaLabel({ attribs }: Element): string {
  return visibleText(squeeze(attribs.alt || attribs['aria-label'] || ''));
}
