import type { Element, ParentNode } from 'domhandler';
import { classWeight } from './boilerplate.ts';
import type { Measure } from './measure.ts';
import { isElement } from './page-tree.ts';

/** Points of every element that has text below it: paragraphs give theirs to their ancestors, less the farther up. */
export function scoreAll(measures: ReadonlyMap<ParentNode, Measure>): Map<Element, number> {
  const scores = new Map<Element, number>();
  for (const [element, own] of measures) {
    if (!isElement(element) || own.text < 25) continue;
    const isWhole = isTextual(element, own);
    const points = isWhole ? pointsOf(own.commas, own.text, 3) : looseText(element, own);
    if (points === 0) continue;
    // Text that stands loose in a box is the box's own; a paragraph's points are for what is around it.
    let at: ParentNode | null = isWhole ? element.parent : element;
    for (let level = 0; isElement(at) && level < 5; level++, at = at.parent) {
      const start = scores.get(at) ?? tagWeight(at.name) + classWeight(at);
      scores.set(at, start + points / (level === 0 ? 1 : level === 1 ? 2 : level * 3));
    }
  }
  return scores;
}

function pointsOf(commas: number, text: number, most: number): number {
  return 1 + commas + Math.min(Math.floor(text / 100), most);
}

/** Points of a box for the text in it that is in no block, as on pages that part paragraphs by line breaks. */
function looseText({ name }: Element, own: Measure): number {
  const isBox = name === 'div' || name === 'section' || name === 'article' || name === 'main' || name === 'center';
  return isBox && own.direct >= 80 ? pointsOf(own.directCommas, own.direct, 30) : 0;
}

const textual = new Set(['p', 'pre', 'td', 'blockquote', 'h2', 'h3', 'h4', 'h5', 'h6', 'section', 'dd']);

function isTextual({ name }: Element, own: Measure): boolean {
  if (name === 'section' || name === 'div' || name === 'dd') return !own.hasBlock;
  return textual.has(name);
}

function tagWeight(name: string): number {
  if (name === 'div' || name === 'article' || name === 'main') return 5;
  if (name === 'pre' || name === 'td' || name === 'blockquote') return 3;
  if (/^(address|ol|ul|dl|dd|dt|li|form)$/.test(name)) return -3;
  return /^(h[1-6]|th)$/.test(name) ? -5 : 0;
}
