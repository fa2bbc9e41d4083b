import { percent, pixels } from './hiding-values.ts';

/** A length: CSS pixels, and a share of what it is measured by (1 is all of it). */
interface Extent {
  readonly px: number;
  readonly share: number;
}

type Side = Extent | 'auto';

/** What declarations say of where a box stands. */
export interface Place {
  readonly position?: string;
  readonly left?: Side;
  readonly right?: Side;
  readonly top?: Side;
  readonly bottom?: Side;
  readonly width?: Side;
  readonly height?: Side;
  /** Shifts by `transform` and by `translate`; 'auto' where they cannot be told. */
  readonly movedX?: Side;
  readonly movedY?: Side;
  readonly shiftedX?: Side;
  readonly shiftedY?: Side;
  /** The lines of its grid at which it begins, by number or by name. */
  readonly row?: string;
  readonly column?: string;
  readonly depth?: number;
}

/** The screen that pages are read on, in CSS pixels. */
const screen = { width: 1280, height: 720 } as const;
const none: Extent = { px: 0, share: 0 };
const farthest = 30;

/** What one declaration says of the place of a box; undefined for properties that say nothing of it. */
export function placeOf(name: string, value: string): Place | undefined {
  switch (name) {
    case 'position':
      return { position: value };
    case 'left':
    case 'right':
    case 'top':
    case 'bottom':
    case 'width':
    case 'height':
      return { [name]: sideOf(value) };
    case 'inset': {
      const parts = value.split(' ').map(sideOf);
      const [top = 'auto', right = top, bottom = top, left = right] = parts;
      return { top, right, bottom, left };
    }
    case 'transform':
      return movesOf(value);
    case 'translate': {
      const [x = '0', y = '0'] = value === 'none' ? [] : value.split(' ');
      return { shiftedX: sideOf(x), shiftedY: sideOf(y) };
    }
    case 'grid-area': {
      const [row = 'auto', column = row] = value.split('/').map((part) => part.trim());
      return { row, column };
    }
    case 'grid-row':
    case 'grid-row-start':
      return { row: value.split('/')[0]?.trim() ?? 'auto' };
    case 'grid-column':
    case 'grid-column-start':
      return { column: value.split('/')[0]?.trim() ?? 'auto' };
    case 'z-index':
      return { depth: Number(value) || 0 };
    default:
      return undefined;
  }
}

function sideOf(value: string): Side {
  const share = percent(value);
  if (share !== undefined) return { px: 0, share: share / 100 };
  const px = pixels(value);
  if (px !== undefined) return { px, share: 0 };
  const [, part, sign, rest = ''] = /^calc\( ?(-?[\d.]+)% ([+-]) ([\w.]+) ?\)$/.exec(value) ?? [];
  const more = pixels(rest);
  return part === undefined || more === undefined
    ? 'auto'
    : { px: sign === '-' ? -more : more, share: Number(part) / 100 };
}

function movesOf(value: string): Place {
  const [, kind, list = ''] =
    /^translate(x|y|3d)?\(((?:[^()]|calc\([^()]*\))*)\)( translatez\([^()]*\))?$/.exec(value) ?? [];
  if (!value.startsWith('translate')) return value === 'none' ? { movedX: none, movedY: none } : unknownMoves;
  const [first = '', second = '0'] = list.split(/ ?, ?/);
  if (list === '') return unknownMoves;
  if (kind === 'y') return { movedX: none, movedY: sideOf(first) };
  return { movedX: sideOf(first), movedY: kind === 'x' ? none : sideOf(second) };
}

const unknownMoves: Place = { movedX: 'auto', movedY: 'auto' };

/** Whether a rule that says this may take a box off the page, together with others. */
export function isPushing(place: Place): boolean {
  const { left, right, top, bottom, movedX, movedY, shiftedX, shiftedY } = place;
  const isFar = (side: Side | undefined, least: number) =>
    side !== undefined && side !== 'auto' && (Math.abs(side.share) >= least || side.px <= -farthest || side.px >= 700);
  return [left, right, top, bottom].some((side) => isFar(side, 0.5)) || moves([movedX, movedY, shiftedX, shiftedY]);
}

function moves(all: readonly (Side | undefined)[]): boolean {
  return all.some((side) => side !== undefined && side !== 'auto' && (Math.abs(side.share) >= 0.5 || side.px !== 0));
}

/**
 * Whether no part of a placed box can be seen: of one that stands on the page, what is beyond its left and its top; of a
 * fixed one, all beyond the screen. What only lies below or to the right is scrolled to.
 */
export function isOutside(place: Place): boolean {
  const { position, movedX, movedY, shiftedX, shiftedY } = place;
  if (position !== 'fixed' && position !== 'absolute') return false;
  const isFixed = position === 'fixed';
  const x = { near: place.left, far: place.right, size: place.width, moved: movedX, shifted: shiftedX };
  const y = { near: place.top, far: place.bottom, size: place.height, moved: movedY, shifted: shiftedY };
  return isBeyond(x, screen.width, isFixed) || isBeyond(y, screen.height, isFixed);
}

interface Axis {
  readonly near: Side | undefined;
  readonly far: Side | undefined;
  readonly size: Side | undefined;
  readonly moved: Side | undefined;
  readonly shifted: Side | undefined;
}

function isBeyond({ near, far, size, moved = none, shifted = none }: Axis, whole: number, isFixed: boolean): boolean {
  if (moved === 'auto' || shifted === 'auto') return false;
  const at = (side: Side | undefined) =>
    side === undefined || side === 'auto' ? undefined : side.px + side.share * whole;
  const [start, end, own] = [at(near), at(far), at(size)];
  const share = moved.share + shifted.share;
  const by = moved.px + shifted.px;
  const extent = own ?? (start !== undefined && end !== undefined ? Math.max(0, whole - start - end) : undefined);
  // Of a box of no known size, one that is as large as the screen and one that is nothing are tried.
  const sizes = extent === undefined ? [0, whole] : [extent];
  return ['before', 'behind'].some((side) =>
    sizes.every((length) => {
      const first = start ?? (end === undefined ? undefined : whole - end - length);
      if (first === undefined) return false;
      const from = first + share * length + by;
      return side === 'before' ? from + length <= 0 : isFixed && from >= whole;
    }),
  );
}

/** Whether a placed box is as large as what is before it may need: along both axes, or as far as can be told. */
export function isCovering(place: Place, isPicture: boolean): boolean {
  const { left, right, top, bottom, width, height, depth = 0 } = place;
  const along = (near: Side | undefined, far: Side | undefined, size: Side | undefined) => {
    if (size !== undefined && size !== 'auto') return size.share >= 0.5 || size.px >= (isPicture ? 100 : 200);
    return isPicture || depth < 0 || (isSet(near) && isSet(far));
  };
  return along(left, right, width) && along(top, bottom, height);
}

function isSet(side: Side | undefined): boolean {
  return side !== undefined && side !== 'auto';
}

/** Whether two boxes of one grid begin at the same lines. */
export function isSameArea(a: Place | undefined, b: Place | undefined): boolean {
  const isNamed = a?.row !== undefined && a.row !== 'auto' && a.column !== undefined && a.column !== 'auto';
  return isNamed && a?.row === b?.row && a?.column === b?.column;
}
