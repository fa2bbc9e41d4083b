import { blend, type Colour, isSameColour, opaque } from './colour.ts';
import { type Filter, filtered } from './filter.ts';
import { faint } from './hiding-values.ts';
import { clear, type Own, type Paint } from './paint.ts';
import { type Shadow, shadowsOf, strokeOf } from './text-shadow.ts';

/** How an element's text is painted; colours are undefined where they cannot be told. */
export interface Painted {
  readonly colour: Colour | undefined;
  /** As it is seen, through all filters. */
  readonly ground: Colour | undefined;
  readonly drawing: Drawing;
}

/** What most elements have of those around them. */
interface Drawing {
  /** The colour of the letters, where it is another one than that of the text. */
  readonly fill: Colour | 'current' | undefined;
  /** What is seen of a ground through the letters. */
  readonly through: Colour | 'unknown' | undefined;
  readonly shadows: readonly Shadow[];
  readonly strokeWidth: string;
  readonly strokeColour: Colour | 'current' | undefined;
  readonly filters: readonly Filter[];
  /** How much of it all is left by `opacity` and filters. */
  readonly alpha: number;
}

const plainly: Drawing = {
  ...{ fill: 'current', through: undefined, shadows: [], strokeWidth: '0', strokeColour: 'current' },
  ...{ filters: [], alpha: 1 },
};
export const blackOnWhite: Painted = { colour: opaque(), ground: opaque(255, 255, 255), drawing: plainly };
/** Filters in filters; real pages have one or two. */
const mostFilters = 20;
/** Less than this of a shadow shows no letters. */
const leastShadow = 0.25;

/** The colours an element comes to with what it inherits. */
export function painted(paint: Paint, around: Painted): Painted {
  const colour = resolved(paint.colour, around.colour, around.colour);
  const drawing = isDrawing(paint) ? drawn(paint, around, colour) : around.drawing;
  if (paint.isClipped) return { colour, ground: around.ground, drawing };
  return { colour, ground: groundOf(paint, around.ground, colour, drawing.filters), drawing };
}

function isDrawing(paint: Paint): boolean {
  const { fill, shadows, strokeWidth, strokeColour, filter, opacity = 1, isClipped = false } = paint;
  if (fill !== undefined || shadows !== undefined || filter !== undefined) return true;
  return strokeWidth !== undefined || strokeColour !== undefined || opacity < 1 || isClipped;
}

function drawn(paint: Paint, around: Painted, colour: Colour | undefined): Drawing {
  const outer = around.drawing;
  const letters = (own: Own | undefined, inherited: Drawing['fill']): Drawing['fill'] => {
    if (own === undefined || own === 'inherit') return inherited;
    return own === 'unknown' ? undefined : own;
  };
  const { filter, strokeWidth = 'inherit' } = paint;
  const fill = letters(paint.fill, outer.fill);
  return {
    fill,
    through: paint.isClipped ? throughLetters(paint, around, fill === 'current' ? colour : fill) : outer.through,
    shadows: shadowsIn(paint, outer, colour),
    strokeWidth: strokeWidth === 'inherit' ? outer.strokeWidth : strokeWidth,
    strokeColour: letters(paint.strokeColour, outer.strokeColour),
    filters: filter && outer.filters.length < mostFilters ? [filter, ...outer.filters] : outer.filters,
    alpha: outer.alpha * (paint.opacity ?? 1) * (filter?.alpha ?? 1),
  };
}

function throughLetters(paint: Paint, around: Painted, current: Colour | undefined): Drawing['through'] {
  const ground = groundOf(paint, clear, current, []);
  // What stands behind is not known, and may have been given by the sheet that gave the ground.
  const isElsewhere = around.ground === undefined && ground?.alpha === 0;
  return isElsewhere ? 'unknown' : (ground ?? 'unknown');
}

function groundOf(
  paint: Paint,
  under: Colour | undefined,
  colour: Colour | undefined,
  filters: readonly Filter[],
): Colour | undefined {
  const { ground, picture = 'none' } = paint;
  const on = (own: Colour | undefined, below: Colour | undefined) => over(own && filtered(own, filters), below);
  const flat = ground === undefined || ground === 'inherit' ? under : on(resolved(ground, under, colour), under);
  if (picture === 'none' || paint.isShrunk || (paint.isAway && paint.isOnce)) return flat;
  return picture === 'unknown' ? undefined : on(resolved(picture, undefined, colour), flat);
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

function shadowsIn({ shadows, filter }: Paint, around: Drawing, colour: Colour | undefined): readonly Shadow[] {
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
export function isFaded({ drawing }: Painted): boolean {
  return drawing.alpha < faint;
}

/** Whether text painted so cannot be told from its ground. */
export function isUnseen(own: Painted): boolean {
  const { colour, drawing } = own;
  const { filters, through } = drawing;
  if (drawing !== plainly && (isFaded(own) || filters.some(({ isBlurred }) => isBlurred))) return true;
  const fill = drawing.fill === 'current' ? colour : drawing.fill;
  if (fill === undefined || (fill.alpha < 1 && through === 'unknown')) return false;
  const letters = through === undefined || through === 'unknown' ? fill : (over(fill, through) ?? fill);
  if (isSeen(letters, own, faint)) return false;
  return drawing === plainly || !isOutlined(letters, own);
}

function isSeen(colour: Colour | undefined, { ground, drawing }: Painted, least: number): boolean {
  if (colour === undefined || colour.alpha < least) return false;
  return ground === undefined || !isSameColour(blend(filtered(colour, drawing.filters), ground), ground);
}

/** Whether letters that are not seen themselves are by what is drawn around them. */
function isOutlined(letters: Colour, own: Painted): boolean {
  const { shadows, strokeWidth, strokeColour } = own.drawing;
  const isThere = letters.alpha >= faint;
  const stroke = strokeOf(strokeWidth, strokeColour === 'current' ? own.colour : strokeColour);
  return [...shadows, stroke].some(
    ({ colour, standsFor, outlines }) => (isThere ? outlines : standsFor) && isSeen(colour, own, leastShadow),
  );
}
