import type { Element } from 'domhandler';
import { GatewayError } from '../../../../core/errors.ts';
import { isElement, type PageTree } from './page-tree.ts';

const longestSelector = 1000;

/** The outermost elements that a caller's CSS selector matches, in document order. Throws `invalid_input` where it is no selector. */
export function selected({ $ }: PageTree, selector: string): Element[] {
  if (selector.length > longestSelector) {
    throw new GatewayError('invalid_input', `A selector may have at most ${longestSelector} characters.`);
  }
  let found: Element[];
  try {
    found = $(selector).toArray().filter(isElement);
  } catch (cause) {
    throw new GatewayError(
      'invalid_input',
      `"${selector.slice(0, 200)}" is not a CSS selector that can be used here.`,
      { cause },
    );
  }
  const all = new Set<unknown>(found);
  return found.filter((element) => {
    for (let at = element.parent; at; at = at.parent) if (all.has(at)) return false;
    return true;
  });
}
