import type { Element, ParentNode } from 'domhandler';
import { classWeight, isAround, isProse, isThread, isUnlikely } from './boilerplate.ts';
import { scoreAll } from './content-score.ts';
import { Measure, measure } from './measure.ts';
import { isElement } from './page-tree.ts';
import { withRest } from './rest-of-content.ts';

/** The elements that hold the content, and what to leave out inside them. */
export interface PickedMain {
  readonly roots: readonly ParentNode[];
  readonly measures: ReadonlyMap<ParentNode, Measure>;
  readonly isDropped: (element: Element) => boolean;
  /** Prose of the page outside navigation, asides and footers, and how much of it is not in the pick, in characters. */
  readonly prose: { readonly all: number; readonly left: number };
}

const enoughText = 500;
const leastText = 200;
const leastShare = 0.05;

/**
 * Finds the main content: Readability's scoring on one measured tree, in three attempts that forgive more and more, and
 * what stands beside it and is text as well. Undefined where even the best holds too little of what the page shows; the
 * caller then takes the whole body.
 */
export function pickMain(root: ParentNode, isHidden: (element: Element) => boolean): PickedMain | undefined {
  let best: PickedMain | undefined;
  let bestLength = -1;
  const whole = measure(root, isHidden);
  const visible = whole.get(root)?.text ?? 0;
  for (const attempt of ['strict', 'lenient', 'open'] as const) {
    const spared: Element[] = [];
    const isLeftOut = (element: Element) => {
      const own = whole.get(element);
      if (!own) return true; // hidden
      if (attempt === 'open') return false;
      if (isAround(element, own)) return true;
      if (attempt === 'lenient' || !isUnlikely(element, own)) return false;
      if (isProse(own)) spared.push(element);
      return true;
    };
    const measures = measure(root, isLeftOut);
    const shunned = new Map(spared.map((element) => [element, whole.get(element) ?? new Measure()]));
    const roots = withRest(choose(root, measures), root, measures, shunned);
    const length = roots.reduce((sum, picked) => sum + (measures.get(picked)?.text ?? 0), 0);
    if (length > bestLength * (best ? 1.5 : 1)) {
      bestLength = length;
      best = finished(roots, root, whole, measures, spared, isLeftOut);
    }
    if (length >= enoughText) break;
  }
  const isTooLittle =
    visible === 0 || bestLength < Math.min(leastText, visible * 0.5) || bestLength < visible * leastShare;
  return best && !isTooLittle ? best : undefined;
}

/**
 * The pick, with the text in it that was left out by its name alone: names judge what to choose, and inside of what was
 * chosen the text speaks for itself.
 */
function finished(
  roots: readonly ParentNode[],
  root: ParentNode,
  whole: ReadonlyMap<ParentNode, Measure>,
  measures: ReadonlyMap<ParentNode, Measure>,
  spared: readonly Element[],
  isLeftOut: (element: Element) => boolean,
): PickedMain {
  const proseOf = (nodes: readonly ParentNode[], of: ReadonlyMap<ParentNode, Measure>) =>
    nodes.reduce((sum, node) => sum + (of.get(node)?.prose ?? 0), 0);
  const taken = new Set<ParentNode>(roots);
  const inside = spared.filter((element) => isKept(element, whole) && isInside(element, taken));
  const all = proseOf([root], measures) + proseOf(spared, whole);
  const kept = proseOf(roots, measures) + proseOf(inside, whole);
  const prose = { all, left: all - kept };
  if (inside.length === 0) {
    return { roots, measures, prose, isDropped: (element) => isDroppedFrom(measures, element) };
  }
  const again = measure(root, (element) => isLeftOut(element) && !isKept(element, whole));
  return { roots, measures: again, prose, isDropped: (element) => isDroppedFrom(again, element) };
}

function isKept(element: Element, measures: ReadonlyMap<ParentNode, Measure>): boolean {
  const own = measures.get(element);
  return own !== undefined && isProse(own) && !isAround(element, own) && !isThread(element, own);
}

function isInside(element: Element, roots: ReadonlySet<ParentNode>): boolean {
  for (let at: ParentNode | null = element; at; at = at.parent) if (roots.has(at)) return true;
  return false;
}

function choose(root: ParentNode, measures: ReadonlyMap<ParentNode, Measure>): ParentNode[] {
  const scores = scoreAll(measures);
  let top: Element | undefined;
  let topScore = 0;
  for (const [element, raw] of scores) {
    const score = raw * (1 - (measures.get(element)?.linkDensity ?? 0));
    if (score > topScore) {
      top = element;
      topScore = score;
    }
  }
  const container = semanticContainer(measures, top);
  if (container) return [container];
  if (!top) return [root];
  return withSiblings(climbWhileBetter(top, scores), topScore, scores, measures);
}

/** `main`, `article` and the like, where it holds the pick and what it adds to it is not mostly links. */
function semanticContainer(measures: ReadonlyMap<ParentNode, Measure>, top: Element | undefined): Element | undefined {
  let best: Element | undefined;
  for (const [element, own] of measures) {
    if (!isElement(element) || !isSemantic(element) || own.text < leastText || own.linkDensity > 0.5) continue;
    if (top && !isWithin(top, element)) continue;
    const inner = top ? measures.get(top) : undefined;
    const extra = own.text - (inner?.text ?? 0);
    const extraLinks = own.linkText - (inner?.linkText ?? 0);
    if (extra > 0 && extraLinks / extra > 0.5) continue;
    // Document order: a later one that qualifies lies inside an earlier one; an article in a main is the tighter fit.
    if (!best || own.text > (measures.get(best)?.text ?? 0) * 0.6) best = element;
  }
  return best;
}

function isSemantic({ name, attribs }: Element): boolean {
  return name === 'main' || name === 'article' || attribs.role === 'main' || attribs.itemprop === 'articleBody';
}

function isWithin(element: Element, ancestor: Element): boolean {
  for (let at: ParentNode | null = element; at; at = at.parent) if (at === ancestor) return true;
  return false;
}

/** Content that is split over several children of one parent scores higher in the parent. */
function climbWhileBetter(top: Element, scores: ReadonlyMap<Element, number>): Element {
  let best = top;
  let last = scores.get(top) ?? 0;
  const threshold = last / 3;
  for (let at = top.parent; isElement(at) && at.name !== 'body' && at.name !== 'html'; at = at.parent) {
    const score = scores.get(at);
    if (score === undefined) continue;
    if (score < threshold) break;
    if (score > last) {
      best = at;
      break;
    }
    last = score;
  }
  for (
    let at = best.parent;
    isElement(at) && at.name !== 'body' && at.children.filter(isElement).length === 1;
    at = at.parent
  ) {
    best = at;
  }
  return best;
}

/** The pick and those of its siblings that read like parts of the same text. */
function withSiblings(
  top: Element,
  topScore: number,
  scores: ReadonlyMap<Element, number>,
  measures: ReadonlyMap<ParentNode, Measure>,
): ParentNode[] {
  const threshold = Math.max(10, topScore * 0.2);
  const siblings = top.parent?.children ?? [top];
  let isPastTop = false; // boxes of text before the pick are leads; after it they are comments
  return siblings.filter((sibling): sibling is Element => {
    if (sibling === top) {
      isPastTop = true;
      return true;
    }
    if (!isElement(sibling)) return false;
    const own = measures.get(sibling);
    if (!own) return false;
    const bonus = sibling.attribs.class && sibling.attribs.class === top.attribs.class ? topScore * 0.2 : 0;
    if ((scores.get(sibling) ?? 0) + bonus >= threshold) return true;
    if (/^h[1-6]$/.test(sibling.name)) return true;
    if (!isPastTop && isTextBox(sibling, own)) return true;
    return sibling.name === 'p' && (own.text > 80 ? own.linkDensity < 0.25 : own.text > 0 && own.linkText === 0);
  });
}

/** A box of nothing but paragraphs, such as one around a lead. */
function isTextBox(element: Element, own: Measure): boolean {
  const isBox = element.name === 'div' || element.name === 'section';
  return (
    isBox &&
    own.text > 80 &&
    own.paragraphs > 0 &&
    own.listItems === 0 &&
    own.linkDensity < 0.1 &&
    classWeight(element) >= 0
  );
}

const conditional = new Set(['div', 'ul', 'ol', 'section', 'form', 'fieldset', 'table', 'header']);

/** Whether the element was left out of what was measured, or is nothing but links. */
function isDroppedFrom(measures: ReadonlyMap<ParentNode, Measure>, element: Element): boolean {
  const own = measures.get(element);
  return own === undefined || (conditional.has(element.name) && isLinkFarm(element, own));
}

/** Lists and boxes inside the content that are mostly links elsewhere: related stories, tag clouds, share bars. */
function isLinkFarm(element: Element, own: Measure): boolean {
  if (own.hasCode || own.text === 0 || own.commas >= 10) return false;
  if (element.name === 'header') return !own.hasHeading && own.linkDensity > 0.5;
  if (element.name === 'table' || own.hasTable)
    return own.linkDensity > 0.9 && own.text > 100 && classWeight(element) < 0;
  const weight = classWeight(element);
  if (weight < 0 && own.linkDensity > 0.33) return true;
  if (own.hasHeading && own.paragraphs > 0) return false;
  return own.linkText > 30 && own.linkDensity > (weight > 0 ? 0.9 : 0.75) && own.paragraphs <= own.listItems + 1;
}
