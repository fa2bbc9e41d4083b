import type { AnyNode, Element } from 'domhandler';
import type { Signs } from '../css/cascaded-signs.ts';
import type { Colour } from '../css/colour.ts';
import { isCovering, isSameArea, type Place } from '../css/placement.ts';
import { fact, hidesBox } from '../css/signs.ts';
import { isElement } from './page-tree.ts';

/** What may lie behind text: a colour, or a picture or something else that cannot be told. */
export type Backdrop = Colour | 'unknown';

interface Box {
  readonly child: Element;
  readonly ground: Backdrop;
  /** Undefined where it is placed; else it lies behind what is in the same place of the grid. */
  readonly cell: Place | undefined;
}

interface Styles {
  signsOf(element: Element): Signs;
  /** What is said of its `::before` and its `::after`. */
  pseudosOf(element: Element): readonly Signs[];
}

const pictures = new Set(['img', 'picture', 'video', 'canvas', 'svg', 'iframe', 'object', 'embed']);
const smallest = 100;
const mostBoxes = 8;
/** Children that are looked at of one element, and all that is below one of them. */
const mostChildren = 200;
const mostBelow = 30;
/** For a whole page; beyond that nothing is taken to lie behind text. */
const mostLooks = 20_000;
const nothing: readonly Backdrop[] = [];

/**
 * Finds what may lie behind text without being around it: placed boxes, pseudo-elements and pictures beside it, up to
 * the element that paints its ground. Asked only of text that else nobody would see.
 */
export class Backdrops {
  readonly #styles: Styles;
  readonly #boxes = new Map<Element, readonly Box[]>();
  readonly #pseudos = new Map<Element, readonly Backdrop[]>();
  readonly #beside = new Map<Element, readonly Backdrop[]>();
  #looks = mostLooks;

  constructor(styles: Styles) {
    this.#styles = styles;
  }

  /** Of boxes in the element, which lie behind the other things in it. */
  within(element: Element): readonly Backdrop[] {
    return joined(
      this.#boxesIn(element).map(({ ground }) => ground),
      this.#pseudosOf(element),
    );
  }

  /** Of boxes beside the element and beside those around it, as far up as they show. */
  beside(element: Element): readonly Backdrop[] {
    const way: Element[] = [];
    let found = nothing;
    for (let at = element; ; at = at.parent) {
      const known = this.#beside.get(at);
      if (known) found = known;
      if (known || this.#looks <= 0 || this.#isPainted(at)) break;
      way.push(at);
      if (!isElement(at.parent)) break;
    }
    for (const at of way.toReversed()) {
      if (isElement(at.parent)) found = joined(this.#besideIn(at.parent, at), found);
      this.#beside.set(at, found);
    }
    return found;
  }

  #besideIn(parent: Element, child: Element): readonly Backdrop[] {
    const boxes = this.#boxesIn(parent).filter((box) => box.child !== child);
    const isStacked = boxes.some(({ cell }) => cell !== undefined);
    const own = isStacked ? this.#look(child).places?.at(-1) : undefined;
    const behind = boxes.filter(({ cell }) => cell === undefined || isSameArea(cell, own));
    return joined(
      behind.map(({ ground }) => ground),
      this.#pseudosOf(parent),
    );
  }

  #look(element: Element): Signs {
    this.#looks--;
    return this.#styles.signsOf(element);
  }

  #isPainted(element: Element): boolean {
    const ground = groundOf(this.#look(element));
    return ground !== undefined && (ground === 'unknown' || ground.alpha >= 1);
  }

  #pseudosOf(element: Element): readonly Backdrop[] {
    const known = this.#pseudos.get(element);
    if (known) return known;
    const found: Backdrop[] = [];
    for (const signs of this.#looks > 0 ? this.#styles.pseudosOf(element) : []) {
      const ground = isPlaced(signs) && isWide(signs, false) && !hidesBox(signs.gives) ? groundOf(signs) : undefined;
      if (ground) found.push(ground);
    }
    this.#looks--;
    this.#pseudos.set(element, found);
    return found;
  }

  #boxesIn(parent: Element): readonly Box[] {
    const known = this.#boxes.get(parent);
    if (known) return known;
    const found: Box[] = [];
    let child: AnyNode | null = parent.children[0] ?? null;
    for (let looked = 0; child && looked < mostChildren && this.#looks > 0; child = child.next) {
      if (!isElement(child)) continue;
      looked++;
      const box = this.#boxOf(child);
      if (box && found.length < mostBoxes) found.push(box);
    }
    this.#boxes.set(parent, found);
    return found;
  }

  #boxOf(child: Element): Box | undefined {
    const own = this.#look(child);
    if (hidesBox(own.gives, own.factGives)) return undefined;
    const cell = isPlaced(own) ? undefined : own.places?.at(-1);
    const isStacked = cell !== undefined && isSameArea(cell, cell);
    if (!isStacked && !isPlaced(own) && (own.factGives & fact.placed) !== 0) return undefined;
    const ground = this.#groundIn(child, own, isStacked);
    return ground && { child, ground, cell: isStacked ? cell : undefined };
  }

  /** The ground that the box or something placed in it shows. */
  #groundIn(child: Element, own: Signs, isStacked: boolean): Backdrop | undefined {
    let looked = 0;
    const waiting: { element: Element; signs: Signs; lies: boolean }[] = [];
    const add = (element: Element, signs: Signs, isIn: boolean) => {
      if (hidesBox(signs.gives, signs.factGives)) return;
      const isPicture = pictures.has(element.name);
      const lies = isIn || (isPlaced(signs) && isWide(signs, isPicture || holdsPicture(element)));
      waiting.push({ element, signs, lies });
    };
    add(child, own, isStacked);
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { element, signs, lies } = next;
      const ground = lies ? shownBy(element, signs) : undefined;
      if (ground) return ground;
      for (const inner of element.children) {
        if (!isElement(inner) || looked++ >= mostBelow || this.#looks <= 0) continue;
        const said = this.#look(inner);
        // What is placed in a placed box stays in it.
        if (lies || isPlaced(said) || (said.factGives & fact.placed) === 0) add(inner, said, lies);
      }
    }
    return undefined;
  }
}

function isPlaced({ factGives, places }: Signs): boolean {
  if ((factGives & fact.outOfFlow) !== 0) return true;
  return (factGives & fact.placed) !== 0 && (places?.at(-1)?.depth ?? 0) < 0;
}

function isWide({ places }: Signs, isPicture: boolean): boolean {
  return isCovering(places?.at(-1) ?? {}, isPicture);
}

function holdsPicture({ children }: Element): boolean {
  return children.some((child) => isElement(child) && pictures.has(child.name));
}

function shownBy(element: Element, signs: Signs): Backdrop | undefined {
  const { name, attribs } = element;
  if (pictures.has(name) && name !== 'picture') {
    const isSmall = [attribs.width, attribs.height].some((size) => size !== undefined && Number(size) < smallest);
    const { width, height } = signs.places?.at(-1) ?? {};
    if (!isSmall || width !== undefined || height !== undefined) return 'unknown';
  }
  return groundOf(signs);
}

/** What the rules paint as the ground of the box itself; undefined for none. */
function groundOf({ paints }: Signs): Backdrop | undefined {
  const { ground, picture = 'none', isShrunk } = paints?.[1] ?? paints?.[0] ?? {};
  if (picture !== 'none' && isShrunk !== true) return typeof picture === 'string' ? 'unknown' : picture;
  if (ground === undefined || ground === 'inherit') return undefined;
  if (typeof ground === 'string') return 'unknown';
  return ground.alpha > 0 ? ground : undefined;
}

function joined(a: readonly Backdrop[], b: readonly Backdrop[]): readonly Backdrop[] {
  if (a.length === 0) return b;
  return b.length === 0 ? a : [...new Set([...a, ...b])].slice(0, mostBoxes);
}
