import type { AnyNode, Element, ParentNode } from 'domhandler';
import type { AttributeTest, Compound, Pseudo, Selector } from './selector.ts';

/** What `&` stands for in a nested rule: the selectors of the rule around it, and what `&` is in those. */
export interface Nesting {
  readonly selectors: readonly Selector[];
  readonly around: Nesting | undefined;
  /** Where a scope ends: what these match, and all in it, is not in the scope. */
  readonly limits?: readonly Selector[] | undefined;
}

interface Place {
  readonly index: number;
  readonly typeIndex: number;
  readonly count: number;
  readonly typeCount: number;
}

function isElement(node: AnyNode | ParentNode | null | undefined): node is Element {
  return node?.type === 'tag' || node?.type === 'script' || node?.type === 'style';
}

/**
 * Holds elements of one page against selectors, with so many steps for all of them together. When they are used up,
 * what is asked for matches: a sheet that exhausts its reader gains nothing by it.
 */
export class SelectorMatcher {
  readonly #places = new WeakMap<Element, Place>();
  #steps: number;

  constructor(steps: number) {
    this.#steps = steps;
  }

  get isExhausted(): boolean {
    return this.#steps <= 0;
  }

  matches(element: Element, selector: Selector, nesting: Nesting | undefined): boolean {
    if (!this.#from(element, selector.compounds, 0, nesting)) return false;
    for (let scope = nesting; scope; scope = scope.around) {
      if (scope.limits && !this.#isWithin(element, scope, scope.limits)) return false;
    }
    return true;
  }

  /** Whether the nearest root of the scope is nearer than an element at which the scope ends. */
  #isWithin(element: Element, scope: Nesting, limits: readonly Selector[]): boolean {
    const any = (list: readonly Selector[], of: Element, inside: Nesting | undefined) =>
      list.some(({ compounds }) => this.#from(of, compounds, 0, inside));
    for (let at: Element | undefined = element; at && !this.isExhausted; at = parentElement(at)) {
      if (any(limits, at, scope)) return this.isExhausted;
      if (any(scope.selectors, at, scope.around)) return true;
    }
    return true;
  }

  #from(element: Element, compounds: readonly Compound[], at: number, nesting: Nesting | undefined): boolean {
    if (--this.#steps <= 0) return true;
    const compound = compounds[at];
    if (!compound || !this.#fits(element, compound, nesting)) return compound === undefined;
    const left = compounds[at + 1];
    if (left === undefined) return true;
    const { combinator } = left;
    const isOver = combinator === ' ' || combinator === '>';
    let top = element;
    for (let other = nextOf(element, isOver); other; other = nextOf(other, isOver)) {
      if (this.#from(other, compounds, at + 1, nesting)) return true;
      if (combinator === '>' || combinator === '+') return false;
      top = other;
    }
    return isOver && top.name !== 'html' && this.#areImplied(compounds.slice(at + 1), top, nesting);
  }

  #areImplied(outer: readonly Compound[], top: Element, nesting: Nesting | undefined): boolean {
    return outer.every((own) => isImplied(own, nesting, (list) => this.#hasOnPage(top, list, nesting)));
  }

  #fits(element: Element, compound: Compound, nesting: Nesting | undefined): boolean {
    const { name, attribs } = element;
    if (compound.tag !== undefined && compound.tag !== name) return false;
    if (compound.id !== undefined && compound.id !== attribs.id) return false;
    for (const className of compound.classes) if (!hasClass(attribs.class, className)) return false;
    for (const test of compound.attributes) if (!hasAttribute(attribs[test.name], test)) return false;
    for (const pseudo of compound.pseudos) if (!this.#fitsPseudo(element, pseudo, nesting)) return false;
    return true;
  }

  #fitsPseudo(element: Element, pseudo: Pseudo, nesting: Nesting | undefined): boolean {
    const any = (list: readonly Selector[], of: Element, inside = nesting) =>
      list.some(({ compounds }) => this.#from(of, compounds, 0, inside));
    switch (pseudo.kind) {
      case 'is':
        return any(pseudo.list, element);
      case 'not':
        // What is not understood is taken to match, so its opposite is not.
        return !any(pseudo.list, element) || this.isExhausted || pseudo.list.some(({ isSure }) => !isSure);
      case 'has':
        return this.#has(element, (inner) => any(pseudo.list, inner));
      case 'nesting':
        return nesting === undefined || any(nesting.selectors, element, nesting.around);
      case 'root':
        return element.name === 'html';
      case 'empty':
        return element.children.every(
          (child) => child.type === 'comment' || (child.type === 'text' && child.data === ''),
        );
      case 'link':
        return (element.name === 'a' || element.name === 'area') && element.attribs.href !== undefined;
      case 'checked':
        return (element.name === 'option' ? element.attribs.selected : element.attribs.checked) !== undefined;
      case 'only-child':
        return this.#placeOf(element).count === 1;
      case 'only-of-type':
        return this.#placeOf(element).typeCount === 1;
      case 'nth': {
        const { index, typeIndex, count, typeCount } = this.#placeOf(element);
        const forward = pseudo.ofType ? typeIndex : index;
        const place = pseudo.fromEnd ? (pseudo.ofType ? typeCount : count) + 1 - forward : forward;
        const steps = (place - pseudo.offset) / pseudo.step;
        return pseudo.step === 0 ? place === pseudo.offset : steps >= 0 && Number.isInteger(steps);
      }
    }
  }

  #hasOnPage({ parent }: Element, list: readonly Selector[], nesting: Nesting | undefined): boolean {
    const any = (inner: Element) => list.some(({ compounds }) => this.#from(inner, compounds, 0, nesting));
    return parent !== null && this.#has(parent, any);
  }

  #has(element: ParentNode, test: (inner: Element) => boolean): boolean {
    let node: AnyNode | null = element.children[0] ?? null;
    while (node) {
      if (isElement(node) && test(node)) return true;
      if (--this.#steps <= 0) return true;
      let next: AnyNode | null = ('children' in node && (node.children[0] as AnyNode | undefined)) || node.next;
      for (let up: ParentNode | null = node.parent; !next && up && up !== element; up = up.parent)
        next = up.next as AnyNode | null;
      node = next;
    }
    return false;
  }

  /** Where the element stands among its siblings; found out for all of them at once. */
  #placeOf(element: Element): Place {
    const known = this.#places.get(element);
    if (known) return known;
    const siblings = (element.parent?.children ?? [element]).filter(isElement);
    const ofType = new Map<string, number>();
    for (const { name } of siblings) ofType.set(name, (ofType.get(name) ?? 0) + 1);
    const seen = new Map<string, number>();
    for (const [index, sibling] of siblings.entries()) {
      const typeIndex = (seen.get(sibling.name) ?? 0) + 1;
      seen.set(sibling.name, typeIndex);
      this.#places.set(sibling, {
        index: index + 1,
        typeIndex,
        count: siblings.length,
        typeCount: ofType.get(sibling.name) ?? 1,
      });
    }
    return this.#places.get(element) ?? { index: 1, typeIndex: 1, count: 1, typeCount: 1 };
  }
}

type HasTest = (list: readonly Selector[]) => boolean;

/** Whether the compound may be about `html` or `body`, which a page has although its markup may not: both without attributes. */
function isImplied(
  { tag, id, classes, attributes, pseudos }: Compound,
  nesting: Nesting | undefined,
  has: HasTest,
): boolean {
  const isNamed = tag === undefined || tag === 'html' || tag === 'body';
  const isBare = isNamed && id === undefined && classes.length === 0 && attributes.length === 0;
  return isBare && pseudos.every((pseudo) => isImpliedPseudo(pseudo, nesting, has));
}

function isImpliedPseudo(pseudo: Pseudo, nesting: Nesting | undefined, has: HasTest): boolean {
  const any = (list: readonly Selector[], inside: Nesting | undefined) =>
    list.some(({ compounds }) => compounds.every((compound) => isImplied(compound, inside, has)));
  switch (pseudo.kind) {
    case 'root':
      return true;
    case 'is':
      return any(pseudo.list, nesting);
    case 'not':
      return !any(pseudo.list, nesting);
    case 'nesting':
      return nesting === undefined || any(nesting.selectors, nesting.around);
    case 'has':
      return has(pseudo.list);
    default:
      return false;
  }
}

function nextOf(element: Element, isOver: boolean): Element | undefined {
  return isOver ? parentElement(element) : previousElement(element);
}

function parentElement({ parent }: Element): Element | undefined {
  return isElement(parent) ? parent : undefined;
}

function previousElement(element: Element): Element | undefined {
  let node: AnyNode | null = element.prev;
  while (node && !isElement(node)) node = node.prev;
  return node ?? undefined;
}

const isSpace = (code: number) => !(code > 32); // also true for NaN, which is the end of the text

function hasClass(classes: string | undefined, name: string): boolean {
  if (classes === undefined) return false;
  for (let at = classes.indexOf(name); at !== -1; at = classes.indexOf(name, at + 1)) {
    if ((at === 0 || isSpace(classes.charCodeAt(at - 1))) && isSpace(classes.charCodeAt(at + name.length))) return true;
  }
  return false;
}

function hasAttribute(actual: string | undefined, { operator, value, ignoresCase }: AttributeTest): boolean {
  if (actual === undefined) return false;
  const [own, wanted] = ignoresCase ? [actual.toLowerCase(), value.toLowerCase()] : [actual, value];
  switch (operator) {
    case '':
      return true;
    case '=':
      // The HTML standard has many attributes compared without case, which is the reading that hides more.
      return own.toLowerCase() === wanted.toLowerCase();
    case '~=':
      return own.split(/\s+/).includes(wanted);
    case '|=':
      return own === wanted || own.startsWith(`${wanted}-`);
    case '^=':
      return wanted !== '' && own.startsWith(wanted);
    case '$=':
      return wanted !== '' && own.endsWith(wanted);
    default:
      return wanted !== '' && own.includes(wanted);
  }
}
