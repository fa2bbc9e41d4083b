import type { Element, ParentNode } from 'domhandler';
import { isProse, isThread } from './boilerplate.ts';
import type { Measure } from './measure.ts';
import { isElement } from './page-tree.ts';

type Measures = ReadonlyMap<ParentNode, Measure>;

/** Levels that are looked at around the pick. Real pages have fewer between their content and their body. */
const mostLevels = 30;
const leastBeside = 100;
/** A box whose name speaks against it has to say more. */
const leastShunned = 500;
/** A heading above text that is content belongs to it. */
const heading = /^h[1-6]$/;

/**
 * The pick and what stands beside it or around it and is content as well: boxes of its shape (of several posts, entries
 * or answers that are alike, none is the content alone), and boxes of prose. `measures` holds only what is no
 * navigation, footer or the like, `shunned` the boxes of prose that were left out by their names.
 */
export function withRest(
  picked: readonly ParentNode[],
  root: ParentNode,
  measures: Measures,
  shunned: ReadonlyMap<Element, Measure>,
): ParentNode[] {
  let roots = [...picked];
  const path: Element[] = [];
  let at = picked[0];
  for (let level = 0; isElement(at) && at !== root && at.parent && level < mostLevels; level++, at = at.parent) {
    path.unshift(at);
    const taken = new Set(roots);
    const box: Element = at;
    const beside = at.parent.children.filter(
      (child): child is Element =>
        isElement(child) && child !== box && !taken.has(child) && (measures.has(child) || shunned.has(child)),
    );
    const alike = new Set(beside.filter((element) => isAlike(element, path, measures)));
    const others = new Set(beside.filter((element) => !alike.has(element) && isBesides(element, measures, shunned)));
    if (alike.size > 0 && !taken.has(box)) roots = [box];
    if (alike.size + others.size === 0) continue;
    roots = inOrder(box, roots, (element) => alike.has(element) || others.has(element) || heading.test(element.name));
  }
  return roots;
}

/** The children of the box's parent that are taken, with what was taken inside the box in its place. */
function inOrder(box: Element, roots: readonly ParentNode[], isTaken: (element: Element) => boolean): ParentNode[] {
  const siblings: readonly ParentNode[] = box.parent?.children.filter(isElement) ?? [];
  const here = new Set(siblings);
  const inside = roots.filter((picked) => picked === box || !here.has(picked));
  const own = new Set(roots);
  return siblings.flatMap((element) => {
    if (element === box) return inside;
    return own.has(element) || (isElement(element) && isTaken(element)) ? [element] : [];
  });
}

/** Whether a box has the shape of the first of the path, with prose at the path's end. */
function isAlike(element: Element, path: readonly Element[], measures: Measures): boolean {
  let level: Element[] = [element];
  for (const [index, step] of path.entries()) {
    level = level.filter((candidate) => {
      const own = measures.get(candidate);
      return own !== undefined && own.text > 0 && own.linkDensity < 0.5 && isSameShape(candidate, step);
    });
    if (level.length === 0) return false;
    if (index < path.length - 1) level = level.flatMap(({ children }) => children.filter(isElement));
  }
  return true;
}

/**
 * Same element, and a class in common (the others may number the parts or call them odd and even); without classes, ids
 * that are the same but for numbers.
 */
function isSameShape(one: Element, other: Element): boolean {
  if (one.name !== other.name) return false;
  const own = one.attribs.class ?? '';
  const theirs = other.attribs.class ?? '';
  if (own === '' && theirs === '') return stem(one) === stem(other);
  const names = theirs.split(/\s+/);
  return own.split(/\s+/).some((name) => name !== '' && names.includes(name));
}

function isBesides(element: Element, measures: Measures, shunned: ReadonlyMap<Element, Measure>): boolean {
  const own = measures.get(element) ?? shunned.get(element);
  if (!own || own.prose < (shunned.has(element) ? leastShunned : leastBeside) || own.linkDensity >= 0.2) return false;
  return isProse(own) && !isThread(element, own) && !(shunned.has(element) && isOfReaders(element));
}

function isOfReaders({ attribs }: Element): boolean {
  return /comment/i.test(`${attribs.class ?? ''} ${attribs.id ?? ''}`);
}

function stem({ attribs }: Element): string {
  return (attribs.id ?? '').replace(/\d+/g, '');
}
