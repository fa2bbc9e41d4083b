import type { AnyNode, Element } from 'domhandler';
import type { Signs } from '../css/cascaded-signs.ts';
import { blend, type Colour, opaque, parseColour } from '../css/colour.ts';
import type { Paint } from '../css/paint.ts';
import { blackOnWhite, isFaded, isUnseen, type Painted, painted } from '../css/painted.ts';
import type { Backdrop } from './backdrops.ts';
import { isElement, nextNode } from './page-tree.ts';

/** The colours at an element: if only the rules that are sure hold, if all do that may, and if one of those does. */
export interface Colours {
  readonly ways: readonly Painted[];
  /** Whether text in them is not seen. */
  readonly isUnseen: boolean;
  /** Whether nothing is, pictures included. */
  readonly isFaded: boolean;
  /** What became of them, by what was said: pages say the same of a thousand elements. */
  readonly known: Map<unknown, Colours>[];
}

/** What browsers begin with; `isDark` where that is not black on white. */
export function pageColours(isDark: boolean): Colours {
  return coloursBy([isDark ? { ...blackOnWhite, colour: undefined, ground: undefined } : blackOnWhite]);
}

function coloursBy(ways: readonly Painted[]): Colours {
  return { ways, isUnseen: ways.some(isUnseen), isFaded: ways.some(isFaded), known: [] };
}

/** The colours of text behind which one of these may lie, where it is seen on one of them; else as they are. */
export function onBackdrops(colours: Colours, backdrops: readonly Backdrop[]): Colours {
  for (const backdrop of backdrops) {
    const ground = backdrop === 'unknown' ? undefined : backdrop;
    const own = coloursBy(colours.ways.map((way) => ({ ...way, ground: ground && laidOn(ground, way.ground) })));
    if (!own.isUnseen) return own;
  }
  return colours;
}

function laidOn(ground: Colour, under: Colour | undefined): Colour | undefined {
  return ground.alpha >= 1 ? ground : under && blend(ground, under);
}

const linkBlue = opaque(0, 0, 238);
const marker: Paint = { colour: opaque(), ground: opaque(255, 255, 0) };
/** The page as a whole is shown, by scripts if by nothing else, and a filter over all changes no contrast. */
const unfaded: Paint = { opacity: 1, filter: undefined };
const blueLink: Paint = { colour: linkBlue };
const styledLink: Paint = { colour: 'unknown' };
const fixedHints: readonly (Paint | undefined)[] = [undefined, blueLink, styledLink, marker];
const unfading: Paint = { opacity: 1 };
const mostLooked = 200;
const mostKnown = 100;

/** Facts about an element that decide what its colours are, beside its rules. */
interface Circumstances {
  /** Whether a sheet that is not read here may have styled it. */
  readonly isStyledElsewhere: boolean;
  readonly isPositioned: boolean;
  /** Whether what is faded counts as if it were not, since scripts may fade it in. */
  readonly isFadeless: boolean;
}

/** The colours of an element's text and ground, by the cascade and what it inherits. The same object where nothing changes. */
export function coloursOf(element: Element, paints: Signs['paints'], around: Colours, facts: Circumstances): Colours {
  const { name, attribs } = element;
  const hints = hintsOf(element, facts.isStyledElsewhere);
  const isClassed = attribs.class !== undefined || attribs.id !== undefined;
  const isPage = name === 'html' || name === 'body';
  const isUnknown = facts.isStyledElsewhere && isClassed && !isPage;
  const isOverlay = facts.isPositioned && coversPicture(element);
  if (hints === undefined && paints === undefined && !isUnknown && !isOverlay) return around;
  const isUnder = isUnknown || isOverlay;
  // Neither the page's own elements nor attributes are repeated.
  const hint = isPage ? -1 : fixedHints.indexOf(hints);
  const known = hint === -1 ? undefined : knownOf(around, hint * 2 + (isUnder ? 1 : 0));
  const before = known?.get(paints);
  if (before) return before;
  const ways = waysOf(paints, around.ways, hints, {
    isUnder,
    over: isPage ? unfaded : facts.isFadeless ? unfading : undefined,
  });
  const colours = coloursBy(ways);
  if (known && known.size < mostKnown) known.set(paints, colours);
  return colours;
}

function knownOf({ known }: Colours, slot: number): Map<unknown, Colours> {
  known[slot] ??= new Map();
  return known[slot];
}

function waysOf(
  paints: Signs['paints'],
  around: readonly Painted[],
  hints: Paint | undefined,
  { isUnder, over }: { readonly isUnder: boolean; readonly over: Paint | undefined },
): readonly Painted[] {
  const of = (paint: Paint | undefined, inherited: Painted): Painted => {
    const under = isUnder ? { ...inherited, ground: undefined } : inherited;
    if (over) return painted({ ...hints, ...paint, ...over }, under);
    const own = hints && paint ? { ...hints, ...paint } : (paint ?? hints);
    return own ? painted(own, under) : under;
  };
  const count = Math.max(around.length, paints?.length ?? 0);
  // Where there is no such way of its own, the second one is: all that may hold.
  const at = <T>(list: readonly T[], way: number) => list[way] ?? list[1] ?? list[0];
  return Array.from({ length: count }, (_, way) => of(paints && at(paints, way), at(around, way) ?? blackOnWhite));
}

/** What attributes and the browser's own sheet say, which every rule of the page overrides. */
function hintsOf({ name, attribs }: Element, isStyledElsewhere: boolean): Paint | undefined {
  if (name === 'a' && attribs.href !== undefined) return isStyledElsewhere ? styledLink : blueLink;
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
