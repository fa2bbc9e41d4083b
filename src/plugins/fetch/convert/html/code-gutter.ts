import type { Element } from 'domhandler';
import { textOf } from './page-tree.ts';

const tools = /(^|[-_\s])(copy-?(btn|button)|clipboard-copy|tooltiptext)(?=$|[-_\s])/i;
const numbers =
  /(^|[-_\s])(line-?numbers?(-rows|-wrapper)?|lineno(s|de|div)?|gutter|ln-num|hljs-ln-n(umbers)?|blob-num|linenumber)(?=$|[-_\s])|(^|\s)lnt?(\s|$)/i;

/** Whether a class may be one of either kind: most of the many in highlighted code are not, and this is all they cost. */
const suspicious = /line|gutter|lnt?|num|copy|tooltip/i;

/** Text that a gutter may hold: numbers, one a line, with what highlighters write around them. */
const counting = /^[\s\d.:|+\u2026-]*$/;
const enough = 2000;

/** What stands beside or over code and is not of it: line numbers and buttons. */
export function isGutter(element: Element): boolean {
  const { name, attribs } = element;
  if (name === 'button' || name === 'script' || name === 'style' || name === 'svg' || name === 'input') return true;
  if (attribs['aria-hidden'] === 'true') return true;
  const classes = attribs.class;
  if (classes !== undefined && suspicious.test(classes) && tools.test(classes)) return true;
  return isNamedGutter(element) && isCounting(element);
}

/** Whether its class or attributes call it a gutter; boxes around the code can be called so too. */
export function isNamedGutter({ attribs }: Element): boolean {
  return (
    'data-line-number' in attribs ||
    (attribs.class !== undefined && suspicious.test(attribs.class) && numbers.test(attribs.class))
  );
}

/** Whether it holds nothing but numbers. */
export function isCounting(element: Element): boolean {
  return counting.test(textOf(element, () => false, enough));
}
