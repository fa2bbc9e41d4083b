import { blend, type Colour, isSameColour, opaque } from './colour.ts';
import { type Filter, filtered } from './filter.ts';
import { faint } from './mixed-colour.ts';
import { clear, type Own, type Paint } from './paint.ts';
import { type Shadow, shadowsOf, strokeOf } from './text-shadow.ts';

/** How an element's text is painted; colours are undefined where they cannot be told. */
export interface Painted {
  readonly colour: Colour | undefined;
  /** Of the letters, where it is another one than `colour`. */
  readonly fill: Colour | 'current' | undefined;
  /** As it is seen, through all filters. */
  readonly ground: Colour | undefined;
  /** What is seen of a ground through the letters. */
  readonly through: Colour | 'unknown' | undefined;
  readonly shadows: readonly Shadow[];
  readonly strokeWidth: string;
  readonly strokeColour: Colour | 'current' | undefined;
  readonly filters: readonly Filter[];
  /** How much of it all is left by `opacity` and filters. */
  readonly alpha: number;
}

export const blackOnWhite: Painted = {
  ...{ colour: opaque(), fill: 'current', ground: opaque(255, 255, 255), through: undefined, shadows: [] },
  ...{ strokeWidth: '0', strokeColour: 'current', filters: [], alpha: 1 },
};
/** Filters in filters; real pages have one or two. */
const mostFilters = 20;
/** Less than this of a shadow shows no letters. */
const leastShadow = 0.25;

/** The colours an element comes to with what it inherits. */
export function painted(paint: Paint, around: Painted): Painted {
  const colour = resolved(paint.colour, around.colour, around.colour);
  const letters = (own: Own | undefined, inherited: Painted['fill']): Painted['fill'] => {
    if (own === undefined || own === 'inherit') return inherited;
    return own === 'unknown' ? undefined : own;
  };
  const fill = letters(paint.fill, around.fill);
  const current = fill === 'current' ? colour : fill;
  const { filter } = paint;
  const isFull = around.filters.length >= mostFilters;
  const filters = filter && !isFull ? [filter, ...around.filters] : around.filters;
  const own = {
    colour,
    fill,
    filters,
    alpha: around.alpha * (paint.opacity ?? 1) * (filter?.alpha ?? 1),
    shadows: shadowsIn(paint, around, colour),
    strokeWidth:
      paint.strokeWidth === undefined || paint.strokeWidth === 'inherit' ? around.strokeWidth : paint.strokeWidth,
    strokeColour: letters(paint.strokeColour, around.strokeColour),
  };
  if (!paint.isClipped) return { ...own, ...groundOf(paint, around, colour, filters) };
  const { ground } = groundOf(paint, { ...around, ground: clear }, current, []);
  const isElsewhere = around.ground === undefined && ground?.alpha === 0;
  return { ...own, ground: around.ground, through: ground === undefined || isElsewhere ? 'unknown' : ground };
}

function groundOf(
  paint: Paint,
  { ground: under, through }: Painted,
  colour: Colour | undefined,
  filters: readonly Filter[],
): Pick<Painted, 'ground' | 'through'> {
  const on = (own: Colour | undefined, below: Colour | undefined) => over(own && filtered(own, filters), below);
  const { ground, picture = 'none' } = paint;
  const flat = ground === undefined || ground === 'inherit' ? under : on(resolved(ground, under, colour), under);
  if (picture === 'none' || paint.isShrunk || (paint.isAway && paint.isOnce)) return { ground: flat, through };
  return { ground: picture === 'unknown' ? undefined : on(resolved(picture, undefined, colour), flat), through };
}

function resolved(
  own: Own | undefined,
  inherited: Colour | undefined,
  current: Colour | undefined,
): Colour | undefined {
  if (own === undefined || own === 'inherit') return inherited;
  if (own === 'current') return current;
  return own === 'unknown' ? undefined : own;
}

function shadowsIn({ shadows, filter }: Paint, around: Painted, colour: Colour | undefined): readonly Shadow[] {
  const own =
    shadows === undefined || shadows === 'inherit'
      ? around.shadows
      : shadows.map((shadow) => (shadow.colour === undefined && colour ? { ...shadow, colour } : shadow));
  if (!filter || filter.shadows.length === 0) return own;
  // Letters that are not painted throw none.
  const thrown = filter.shadows.flatMap((text) => shadowsOf(text) ?? []);
  return [...own, ...thrown.map((shadow) => ({ ...shadow, standsFor: false }))];
}

function over(colour: Colour | undefined, under: Colour | undefined): Colour | undefined {
  if (colour === undefined) return undefined;
  if (colour.alpha === 0) return under;
  if (colour.alpha >= 1 || under?.alpha === 0) return colour;
  return under && blend(colour, under);
}

/** Whether nothing is left to see of what is in the element, its pictures included. */
export function isFaded({ alpha }: Painted): boolean {
  return alpha < faint;
}

/** Whether text painted so cannot be told from its ground. */
export function isUnseen(own: Painted): boolean {
  const { ground, filters, through } = own;
  if (isFaded(own) || filters.some(({ isBlurred }) => isBlurred)) return true;
  const fill = own.fill === 'current' ? own.colour : own.fill;
  if (fill === undefined || (fill.alpha < 1 && through === 'unknown')) return false;
  const letters = through === undefined || through === 'unknown' ? fill : (over(fill, through) ?? fill);
  const isSeen = (colour: Colour | undefined, least: number) => {
    if (colour === undefined || colour.alpha < least) return false;
    const shown = filtered(colour, filters);
    return ground === undefined || !isSameColour(blend(shown, ground), ground);
  };
  if (isSeen(letters, faint)) return false;
  const isThere = letters.alpha >= faint;
  const stroke = strokeOf(own.strokeWidth, own.strokeColour === 'current' ? own.colour : own.strokeColour);
  return ![...own.shadows, stroke].some(
    ({ colour, standsFor, outlines }) => (isThere ? outlines : standsFor) && isSeen(colour, leastShadow),
  );
}
