import type { AnyNode, Element, ParentNode } from 'domhandler';

/** Elements at which browsers leave a drawing or formula, closed or not (HTML standard, section 13.2.6.5). */
const breakouts = new Set<string>([
  ...['b', 'big', 'blockquote', 'body', 'br', 'center', 'code', 'dd', 'div', 'dl', 'dt', 'em', 'embed', 'head', 'hr'],
  ...[
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'i',
    'img',
    'li',
    'listing',
    'menu',
    'meta',
    'nobr',
    'ol',
    'p',
    'pre',
    'ruby',
    's',
    'small',
  ],
  ...['span', 'strong', 'strike', 'sub', 'sup', 'table', 'tt', 'u', 'ul', 'var'],
]);
/** In these stands HTML. */
const integrationPoints = new Set([
  ...['foreignobject', 'desc', 'title', 'annotation-xml', 'mi', 'mo', 'mn', 'ms', 'mtext'],
]);
const foreign = new Set(['svg', 'math']);

/** Takes out of drawings and formulas what browsers show behind them, as they are come by in document order. */
export class ForeignContent {
  readonly #judged = new Set<Element>();
  readonly #changed = new Set<ParentNode>();

  visit(element: Element): void {
    if (!foreign.has(element.name) || this.#judged.has(element)) return;
    const first = this.#firstBreakout(element);
    if (first) this.#moveOut(first, element);
  }

  /** Makes the lists of children of what their links say; at the end, since each list is long on bad pages. */
  finish(): void {
    for (const parent of this.#changed) {
      const children: AnyNode[] = [];
      for (let node: AnyNode | null = (parent.children[0] as AnyNode | undefined) ?? null; node; node = node.next)
        children.push(node);
      parent.children = children as typeof parent.children;
    }
  }

  #firstBreakout(root: Element): Element | undefined {
    let node: AnyNode | null = root.children[0] ?? null;
    while (node) {
      const element = node.type === 'tag' ? node : undefined;
      if (element && breakouts.has(element.name)) return element;
      if (element && foreign.has(element.name)) this.#judged.add(element);
      const child: AnyNode | undefined =
        element && !integrationPoints.has(element.name) ? element.children[0] : undefined;
      if (child) {
        node = child;
        continue;
      }
      while (node && !node.next && node.parent !== root) node = node.parent as AnyNode | null;
      node = node?.next ?? null;
    }
    return undefined;
  }

  /** The element and all behind it inside `from` goes behind that. */
  #moveOut(first: Element, from: Element): void {
    const moved: AnyNode[] = [];
    for (let at: Element = first; at !== from; at = at.parent as Element) {
      const parent = at.parent as Element;
      const index = parent.children.indexOf(at) + (at === first ? 0 : 1);
      moved.push(...parent.children.splice(index));
      const last = parent.children.at(-1);
      if (last) last.next = null;
    }
    const { parent } = from;
    if (!parent) return;
    let before: AnyNode = from;
    const behind = from.next;
    for (const node of moved) {
      node.parent = parent;
      node.prev = before;
      before.next = node as typeof before.next;
      before = node;
    }
    before.next = behind as typeof before.next;
    if (behind) behind.prev = before as typeof behind.prev;
    this.#changed.add(parent);
  }
}
