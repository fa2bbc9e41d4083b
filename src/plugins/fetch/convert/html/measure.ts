import type { AnyNode, Element, ParentNode } from 'domhandler';
import { isElement } from './page-tree.ts';

/** What one pass over the tree learns of an element and all that is visible below it. Lengths are in characters. */
export class Measure {
  text = 0;
  linkText = 0;
  commas = 0;
  /** Text and commas that stand in no block below: paragraphs parted by line breaks. */
  direct = 0;
  directCommas = 0;
  directLinks = 0;
  /** Text in blocks that hold a sentence or more and are not mostly links. */
  prose = 0;
  /** Fields and buttons, which are hidden as they are no text. */
  controls = 0;
  paragraphs = 0;
  listItems = 0;
  images = 0;
  hasBlock = false;
  hasLink = false;
  hasCode = false;
  hasTable = false;
  hasHeading = false;

  add(child: Measure): void {
    this.text += child.text;
    this.linkText += child.linkText;
    this.commas += child.commas;
    this.prose += child.prose;
    this.controls += child.controls;
    this.paragraphs += child.paragraphs;
    this.listItems += child.listItems;
    this.images += child.images;
    this.hasBlock ||= child.hasBlock;
    this.hasLink ||= child.hasLink;
    this.hasCode ||= child.hasCode;
    this.hasTable ||= child.hasTable;
    this.hasHeading ||= child.hasHeading;
  }

  addDirect(child: Measure): void {
    this.direct += child.direct;
    this.directCommas += child.directCommas;
    this.directLinks += child.directLinks;
  }

  /** Share of the text that is link text, 0 to 1. */
  get linkDensity(): number {
    return this.text === 0 ? 0 : this.linkText / this.text;
  }
}

const controlNames = new Set(['input', 'button', 'select', 'textarea']);
/** Shorter blocks are names, dates and labels. */
const leastProse = 60;

export const headingNames = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const;

export const blockNames = new Set([
  ...[
    'address',
    'article',
    'aside',
    'blockquote',
    'body',
    'center',
    'dd',
    'details',
    'dir',
    'div',
    'dl',
    'dt',
    'fieldset',
  ],
  ...['figcaption', 'figure', 'footer', 'form', ...headingNames, 'header', 'hgroup', 'hr', 'html', 'li'],
  ...[
    'legend',
    'main',
    'menu',
    'nav',
    'ol',
    'p',
    'pre',
    'search',
    'section',
    'summary',
    'table',
    'tbody',
    'td',
    'tfoot',
    'th',
    'thead',
    'tr',
    'ul',
  ],
]);

/** Measures of every visible element, made in one pass from the leaves up, without recursion. */
export function measure(root: ParentNode, isHidden: (element: Element) => boolean): Map<ParentNode, Measure> {
  const measures = new Map<ParentNode, Measure>();
  const open: Measure[] = [new Measure()];
  measures.set(root, open[0] as Measure);
  let node: AnyNode | null = root.children[0] ?? null;
  while (node) {
    const parent = open.at(-1) as Measure;
    if (node.type === 'text') countText(parent, node.data);
    else if (isElement(node) && isHidden(node)) {
      if (controlNames.has(node.name)) parent.controls++;
    } else if (isElement(node)) {
      const own = new Measure();
      measures.set(node, own);
      const first: AnyNode | undefined = node.children[0];
      if (first) {
        open.push(own);
        node = first;
        continue;
      }
      close(node, own, parent);
    }
    node = climb(node, root, open, measures);
  }
  return measures;
}

/** The next sibling, of the node or of the nearest ancestor that has one; closes each element that is left. */
function climb(
  from: AnyNode,
  root: ParentNode,
  open: Measure[],
  measures: ReadonlyMap<ParentNode, Measure>,
): AnyNode | null {
  let node: AnyNode = from;
  while (!node.next) {
    const parent = node.parent;
    if (!parent || parent === root) return null;
    const own = measures.get(parent);
    open.pop();
    if (own && isElement(parent)) close(parent, own, open.at(-1) as Measure);
    node = parent as Element;
  }
  return node.next;
}

function countText(measured: Measure, data: string): void {
  let length = 0;
  let commas = 0;
  let space = true;
  for (let i = 0; i < data.length; i++) {
    const code = data.charCodeAt(i);
    const isSpace = code <= 32 || code === 160;
    if (!isSpace || !space) length++;
    space = isSpace;
    if (code === 44 || code === 0x3001 || code === 0xff0c || code === 0x60c) commas++;
  }
  measured.text += length;
  measured.direct += length;
  measured.directCommas += commas;
  measured.commas += commas;
}

function close({ name, attribs }: Element, own: Measure, parent: Measure): void {
  if (name === 'a' && attribs.href !== undefined) {
    // A link inside the page is a table of contents or a note, not a way out of it.
    own.linkText = attribs.href.startsWith('#') ? own.text * 0.3 : own.text;
    own.directLinks = own.linkText;
    own.prose = 0;
    parent.add(own);
    parent.addDirect(own);
    parent.hasLink = true;
    return;
  }
  if (blockNames.has(name)) {
    parent.hasBlock = true;
    if (own.direct >= leastProse && own.directLinks * 3 < own.direct) own.prose += own.direct;
  } else parent.addDirect(own);
  parent.add(own);
  if (name === 'p') parent.paragraphs++;
  else if (name === 'li') parent.listItems++;
  else if (name === 'img' || name === 'picture') parent.images++;
  else if (name === 'pre' || name === 'code') parent.hasCode = true;
  else if (name === 'table') parent.hasTable = true;
  else if (name.length === 2 && /^h[1-6]$/.test(name)) parent.hasHeading = true;
}
