import type { AnyNode, Element } from 'domhandler';
import { type Colour, opaque, parseColour } from '../css/colour.ts';
import { blackOnWhite, isUnseen, type Paint, type Painted, painted } from '../css/paint.ts';
import type { Signs } from '../css/sheet-rules.ts';
import { isElement, nextNode } from './page-tree.ts';

/** The colours at an element if only the rules that are sure hold, and if all do that may. */
export type Colours = readonly [sure: Painted, all: Painted];

export const pageColours: Colours = [blackOnWhite, blackOnWhite];

const linkBlue = opaque(0, 0, 238);
const marker: Paint = { colour: opaque(), ground: opaque(255, 255, 0) };
const mostLooked = 200;

/** Facts about an element that decide what its colours are, beside its rules. */
interface Circumstances {
  /** Whether a sheet that is not read here may have styled it. */
  readonly isStyledElsewhere: boolean;
  readonly isPositioned: boolean;
  /** Whether its ground is only seen through its letters. */
  readonly isClipped: boolean;
}

/** The colours of an element's text and ground, by the cascade and what it inherits. The same object where nothing changes. */
export function coloursOf(element: Element, paints: Signs['paints'], around: Colours, facts: Circumstances): Colours {
  const { name, attribs } = element;
  const hints = hintsOf(element, facts.isStyledElsewhere);
  const isClassed = attribs.class !== undefined || attribs.id !== undefined;
  const isUnknown = facts.isStyledElsewhere && isClassed && name !== 'html' && name !== 'body';
  const isOverlay = facts.isPositioned && coversPicture(element);
  if (hints === undefined && paints === undefined && !isUnknown && !isOverlay) return around;
  const of = (paint: Paint | undefined, inherited: Painted): Painted => {
    const all = { ...hints, ...paint };
    const under = isUnknown || isOverlay ? { ...inherited, ground: undefined } : inherited;
    return painted(all, under, facts.isClipped);
  };
  const sure = of(paints?.[0], around[0]);
  const isOne = around[0] === around[1] && paints?.[0] === paints?.[1];
  return [sure, isOne ? sure : of(paints?.[1], around[1])];
}

export function isUnseenIn(colours: Colours): boolean {
  return isUnseen(colours[0]) || (colours[1] !== colours[0] && isUnseen(colours[1]));
}

/** What attributes and the browser's own sheet say, which every rule of the page overrides. */
function hintsOf({ name, attribs }: Element, isStyledElsewhere: boolean): Paint | undefined {
  if (name === 'a' && attribs.href !== undefined) return { colour: isStyledElsewhere ? 'unknown' : linkBlue };
  if (name === 'mark') return marker;
  const colour = attributeColour(attribs.color ?? attribs.text);
  const ground = attributeColour(attribs.bgcolor);
  if (colour === undefined && ground === undefined && attribs.background === undefined) return undefined;
  return {
    ...(colour && { colour }),
    ...(ground && { ground }),
    ...(attribs.background !== undefined && { picture: 'unknown' as const }),
  };
}

function attributeColour(value: string | undefined): Colour | undefined {
  if (value === undefined) return undefined;
  const plain = value.trim().toLowerCase();
  return parseColour(plain) ?? parseColour(`#${plain}`);
}

/** Whether something that shows a picture stands beside the element, which may then lie over it. */
function coversPicture({ parent }: Element): boolean {
  let node: AnyNode | null = parent?.children[0] ?? null;
  for (let looked = 0; node && parent && looked < mostLooked; looked++) {
    if (isElement(node) && /^(img|picture|video|canvas|svg|iframe|object)$/.test(node.name)) return true;
    node = nextNode(node, parent);
  }
  return false;
}
