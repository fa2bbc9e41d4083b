/**
 * The name of text. Turndown asks of every node which white space its edges have, unless it has the name of a block, and
 * of text it throws the answer away; no element has this one.
 */
const textName = 'ISINDEX';
/** A break at the edge of an inline element is white space there, which turndown keeps as it is. */
const lineBreak = '  \n';
const none: Readonly<Record<string, string>> = {};

/**
 * The part of a DOM that turndown asks for, and nothing else, so that cheerio's tree is handed to it without a second
 * parse. It is built for one conversion and thrown away.
 */
export class LightNode {
  readonly nodeType: 1 | 3;
  /** Upper case. */
  readonly nodeName: string;
  readonly attributes: Readonly<Record<string, string>>;
  data: string;
  parentNode: LightNode | null = null;
  previousSibling: LightNode | null = null;
  nextSibling: LightNode | null = null;
  firstChild: LightNode | null = null;
  lastChild: LightNode | null = null;
  // Turndown writes what it finds out about a node onto the node; declared here, so that all nodes keep one shape.
  isBlock = false;
  isCode = false;
  isBlank = false;
  flankingWhitespace: { leading: string; trailing: string } | undefined = undefined;
  #abridged: string | undefined;

  constructor(nodeName: string, attributes: Readonly<Record<string, string>>, data = '') {
    this.nodeType = nodeName === textName ? 3 : 1;
    this.nodeName = nodeName;
    this.attributes = attributes;
    this.data = data;
  }

  static text(data: string): LightNode {
    return new LightNode(textName, none, data);
  }

  /** An inline element that is shown by its attributes; the text in it makes white space beside it count. */
  static inline(nodeName: string, attributes: Readonly<Record<string, string>>): LightNode {
    const node = new LightNode(nodeName, attributes);
    node.append(LightNode.text('x'));
    return node;
  }

  get nodeValue(): string {
    return this.data;
  }

  get childNodes(): LightNode[] {
    const nodes: LightNode[] = [];
    for (let node = this.firstChild; node; node = node.nextSibling) nodes.push(node);
    return nodes;
  }

  /**
   * An abridgement: turndown reads it only to see whether an element is blank and which white space its edges have, and
   * does so at every level. The full text would make deep nesting quadratic.
   */
  get textContent(): string {
    // Of text turndown asks this too, and throws away what it learns.
    if (this.nodeType === 3) return 'x';
    this.#abridged ??= this.#abridge();
    return this.#abridged;
  }

  append(child: LightNode): LightNode {
    child.parentNode = this;
    child.previousSibling = this.lastChild;
    if (this.lastChild) this.lastChild.nextSibling = child;
    else this.firstChild = child;
    this.lastChild = child;
    return child;
  }

  getAttribute(name: string): string | null {
    return this.attributes[name] ?? null;
  }

  /** Turndown clones what it is given lest it change a living page; there is none here. */
  cloneNode(): this {
    return this;
  }

  removeChild(child: LightNode): LightNode {
    if (child.previousSibling) child.previousSibling.nextSibling = child.nextSibling;
    else this.firstChild = child.nextSibling;
    if (child.nextSibling) child.nextSibling.previousSibling = child.previousSibling;
    else this.lastChild = child.previousSibling;
    return child;
  }

  #abridge(): string {
    if (meaningful.has(this.nodeName)) return 'x';
    let text = '';
    for (let node = this.firstChild; node; node = node.nextSibling) {
      const own = node.nodeType === 3 ? node.data : node.nodeName === 'BR' ? lineBreak : node.textContent;
      text = shorten(text + shorten(own));
    }
    return text;
  }
}

/** A table as it is shown: its cells laid on a grid, each with a tree of its own. */
export class TableNode extends LightNode {
  readonly table: LightTable;

  constructor(table: LightTable) {
    super('TABLE', {});
    this.table = table;
  }
}

export interface LightTable {
  /** What stands in it outside its cells, which browsers show before it. */
  readonly strays: LightNode | undefined;
  readonly caption: LightNode | undefined;
  readonly rows: readonly (readonly LightCell[])[];
}

export interface LightCell {
  readonly root: LightNode;
  /** The cell's text where it holds nothing but text, which needs no conversion. */
  readonly plain: string | undefined;
  readonly isHeader: boolean;
  readonly colSpan: number;
  readonly rowSpan: number;
  readonly align: string;
}

export function isList(node: LightNode | null): boolean {
  return node !== null && /^(UL|OL|MENU|DIR)$/.test(node.nodeName);
}

/** Elements that mean something without text in them. */
const meaningful = new Set(['IMG', 'HR', 'PRE', 'TABLE', 'CODE', 'MATH', 'INPUT', 'MEDIA']);

/** Keeps what is at the edges: their white space, and whether there is anything between. */
function shorten(text: string): string {
  if (text.length <= 24) return text;
  const middle = /\S/.test(text) ? 'x' : ' ';
  return text.slice(0, 8) + middle + text.slice(-8);
}
