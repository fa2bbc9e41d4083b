import type { Signs } from '../css/cascaded-signs.ts';
import { isOutside } from '../css/placement.ts';
import { clipsLines, fact, inheritedFacts, sign, squeezes, unknownFacts, usualFacts } from '../css/signs.ts';
import { blockNames } from './measure.ts';

/** Elements that browsers make boxes of, beside those that are blocks of text. */
const boxNames = new Set([
  ...['caption', 'input', 'button', 'img', 'picture', 'video', 'audio', 'iframe', 'canvas', 'svg', 'object', 'embed'],
  ...['listing', 'xmp', 'plaintext', 'marquee', 'optgroup', 'option', 'select', 'textarea'],
  ...['meter', 'progress', 'frameset', 'dialog', 'math', 'slot', 'colgroup', 'col'],
]);

/** What is so of an element by its name, its rules and what it inherits. `isStyledElsewhere`: other sheets may say more. */
export function ownFacts(name: string, own: Signs, around: number, isStyledElsewhere: boolean): number {
  const isBox = blockNames.has(name) || boxNames.has(name);
  const initial = isStyledElsewhere ? unknownFacts : usualFacts | (isBox ? fact.boxed : 0);
  const facts = ((initial | (around & inheritedFacts)) & ~own.factSets) | own.factGives;
  return facts & (fact.outOfFlow | fact.float) ? facts | fact.boxed : facts;
}

/** Whether what is in the element is laid out as boxes of their own. */
export function isLayingOut({ factGives }: Signs): boolean {
  return (factGives & fact.lays) !== 0;
}

/** Whether the box stands where nobody scrolls to. What is placed by a box around it is not judged, unless it is fixed. */
export function standsOutside({ places }: Signs, around: number): boolean {
  if (places === undefined) return false;
  return places.some((place) => (place.position === 'fixed' || (around & fact.inBox) === 0) && isOutside(place));
}

/** What an element that is not hidden as a whole adds to the signs and facts of what is in it. */
export function handedDown(
  { gives, factGives }: Signs,
  facts: number,
  around: number,
): { readonly signs: number; readonly facts: number } {
  const isClipping = clipsLines(facts) || (around & fact.clipsFlat) !== 0;
  const isFlat = isClipping && (facts & fact.lineHeight) !== 0;
  const isTurned = isTurnedBy(facts, around);
  return {
    signs: (isFlat ? sign.flat : 0) | squeezes(gives, facts),
    facts:
      (facts & inheritedFacts) |
      (around & fact.inBox) |
      ((factGives & fact.placed) !== 0 ? fact.inBox : 0) |
      (isClipping ? fact.clipsFlat : 0) |
      (isTurned && (facts & fact.space) !== 0 ? fact.turnedAround : 0),
  };
}

/** Whether the box is drawn from before only, and stands with its back there. */
export function showsBack(facts: number, around: number): boolean {
  const needed = fact.backface | fact.boxed;
  return (facts & needed) === needed && isTurnedBy(facts, around);
}

/** Whether the back of a box is before, by its own turns and that of the space around it. */
function isTurnedBy(facts: number, around: number): boolean {
  const isTurned = (facts & fact.turned) !== 0;
  const isRotated = (facts & fact.rotated) !== 0;
  return (isTurned !== isRotated) !== ((around & fact.turnedAround) !== 0);
}
