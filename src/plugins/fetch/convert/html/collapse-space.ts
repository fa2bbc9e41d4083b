import type { LightNode } from './light-node.ts';
import { blockNames } from './measure.ts';

const blocks = new Set([...blockNames].map((name) => name.toUpperCase()));
/** Shown in a line without text of their own: the white space beside them counts. */
const pictures = new Set(['IMG', 'INPUT']);
const isUncollapsed = /[\r\n\t]| {2}/;

/**
 * Makes white space what browsers show of it (CSS Text 3, section 4.1): one space for a run, none at the edges of blocks
 * and lines; of two spaces that only inline elements part, the first one stays. Trees are no deeper than `deepest`.
 */
export function collapseSpace(root: LightNode): void {
  const line = new Line();
  collapseBelow(root, line);
  line.end();
}

function collapseBelow(parent: LightNode, line: Line): void {
  for (let node = parent.firstChild; node; node = node.nextSibling) {
    if (node.nodeType === 3) line.take(node);
    else {
      line.pass(node.nodeName);
      if (node.firstChild) {
        collapseBelow(node, line);
        line.pass(node.nodeName);
      }
    }
  }
}

/** The text of one line, as far as it was read. */
class Line {
  #last: LightNode | undefined;
  #isBesidePicture = false;

  take(node: LightNode): void {
    const text = isUncollapsed.test(node.data) ? node.data.replace(/[ \r\n\t]+/g, ' ') : node.data;
    const isLeading = !this.#isBesidePicture && (this.#last?.data.endsWith(' ') ?? true);
    node.data = isLeading && text.startsWith(' ') ? text.slice(1) : text;
    if (node.data === '') node.parentNode?.removeChild(node);
    else this.#last = node;
  }

  /** Goes over the beginning or the end of an element. */
  pass(name: string): void {
    if (name === 'BR' || blocks.has(name)) this.end();
    else if (pictures.has(name)) {
      this.#last = undefined;
      this.#isBesidePicture = true;
    } else if (this.#last) this.#isBesidePicture = false;
  }

  end(): void {
    const last = this.#last;
    if (last?.data.endsWith(' ')) last.data = last.data.slice(0, -1);
    if (last?.data === '') last.parentNode?.removeChild(last);
    this.#last = undefined;
    this.#isBesidePicture = false;
  }
}
