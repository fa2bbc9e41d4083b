import { type Colour, isSameColour, opaque, parseColour } from './colour.ts';
import { commaParts } from './css-text.ts';
import { type Filter, filterOf } from './filter.ts';
import { isOffPage, pixels } from './hiding-values.ts';
import { mixedColour } from './mixed-colour.ts';
import { type Shadow, shadowsOf } from './text-shadow.ts';
import { isValid } from './valid-values.ts';

export type Own = Colour | 'inherit' | 'unknown' | 'current';

/** What declarations say of how text and ground are painted. A picture is the one colour of it, 'unknown', or 'none'. */
export interface Paint {
  readonly colour?: Own;
  readonly fill?: Own;
  readonly ground?: Own;
  readonly picture?: Own | 'none';
  /** Whether the picture has no size, and whether it stands once, out of its box. */
  readonly isShrunk?: boolean;
  readonly isAway?: boolean;
  readonly isOnce?: boolean;
  /** Whether the ground is only seen through the letters. */
  readonly isClipped?: boolean;
  readonly opacity?: number;
  readonly filter?: Filter | undefined;
  readonly shadows?: readonly Shadow[] | 'inherit';
  readonly strokeWidth?: string;
  readonly strokeColour?: Own;
}

export const clear: Colour = { rgb: [0, 0, 0], alpha: 0 };

const unpainted: Paint = {
  ...{ ground: clear, picture: 'none', isShrunk: false, isAway: false, isOnce: false, isClipped: false },
  ...{ opacity: 1, filter: undefined },
};
/** What `all` sets. */
export const initialPaint: Paint = { ...unpainted, colour: opaque(), fill: 'current', shadows: [], strokeWidth: '0' };
export const inheritedPaint: Paint = {
  ...{ ...unpainted, colour: 'inherit', fill: 'inherit', shadows: 'inherit' },
  ...{ strokeWidth: 'inherit', strokeColour: 'inherit' },
};

/** Whether a rule that says this may make text unseen, or seen that else is not. */
export function isTelling({ colour, fill, ground, picture, opacity = 1, filter, shadows, ...other }: Paint): boolean {
  const isSaid = (own: unknown) => own !== undefined;
  if ([colour, fill, ground, picture, filter, shadows].some(isSaid) || opacity < 1) return true;
  return isSaid(other.strokeWidth) || other.isShrunk === true || other.isAway === true || isSaid(other.isClipped);
}

/** What one declaration adds; undefined for properties that say nothing of colours, and for what is no value of them. */
export function paintOf(name: string, value: string): Paint | undefined {
  switch (name) {
    case 'color': {
      const colour = colourOf(value, opaque());
      // One made from others may be that of the ground, so what stood before is kept.
      return colour && (colour !== 'unknown' || value.includes('var(')) ? { colour } : undefined;
    }
    case '-webkit-text-fill-color': {
      const fill = value === 'initial' ? 'current' : colourOf(value, opaque());
      return fill && { fill };
    }
    case 'background-color': {
      const ground = colourOf(value, clear);
      return ground && { ground };
    }
    case 'background-image': {
      const picture = pictureOf(value);
      return picture && { picture };
    }
    case 'background':
      return backgroundOf(value);
    default:
      return groundPaintOf(name, value) ?? letterPaintOf(name, value);
  }
}

/** Longer backgrounds carry their pictures in themselves; how they are placed is not asked. */
const longest = 2000;
const backToNone = /^(initial|unset|revert)$/;

function groundPaintOf(name: string, value: string): Paint | undefined {
  switch (name) {
    case 'background-size':
      return /^[\w\s.%,+-]+$/.test(value) ? { isShrunk: commaParts(value).every(isNoSize) } : undefined;
    case 'background-position':
    case 'background-position-x':
    case 'background-position-y':
      return /^[\w\s.%,+-]+$/.test(value) ? { isAway: value.split(/[\s,]+/).some(isOffPage) } : undefined;
    case 'background-repeat':
      return { isOnce: value === 'no-repeat' };
    case 'background-clip':
    case '-webkit-background-clip':
      if (backToNone.test(value)) return { isClipped: false };
      return isValid('background-clip', value) ? { isClipped: value.includes('text') } : undefined;
    default:
      return undefined;
  }
}

function letterPaintOf(name: string, value: string): Paint | undefined {
  switch (name) {
    case 'opacity': {
      const opacity = backToNone.test(value) ? 1 : Number.parseFloat(value) / (value.endsWith('%') ? 100 : 1);
      return isValid('opacity', value) || backToNone.test(value)
        ? { opacity: Math.min(1, Math.max(0, opacity)) }
        : undefined;
    }
    case 'filter': {
      const filter = filterOf(value);
      return filter || backToNone.test(value) || isValid('filter', value) ? { filter } : undefined;
    }
    case 'text-shadow': {
      const shadows = /^(inherit|unset|revert)$/.test(value) ? 'inherit' : shadowsOf(value);
      return shadows && { shadows };
    }
    case '-webkit-text-stroke-width':
      return { strokeWidth: value };
    case '-webkit-text-stroke-color': {
      const strokeColour = colourOf(value, opaque());
      return strokeColour && { strokeColour };
    }
    case '-webkit-text-stroke':
      return strokePaintOf(value);
    default:
      return undefined;
  }
}

function strokePaintOf(value: string): Paint {
  const all = pieces(value);
  const isWidth = (piece: string) => /^(thin|medium|thick)$/.test(piece) || pixels(piece) !== undefined;
  const colour = all.find((piece) => !isWidth(piece));
  return {
    strokeWidth: all.find(isWidth) ?? '0',
    strokeColour: (colour === undefined ? 'current' : colourOf(colour, opaque())) ?? 'unknown',
  };
}

/** A size of nothing in one direction. */
function isNoSize(value: string): boolean {
  return value
    .trim()
    .split(/\s+/)
    .some((part) => /^[+-]?(0|\.0|0\.0+)([a-z]+|%)?$/.test(part));
}

/** Colours that are made from others, and what is not filled in. */
const made =
  /^(color-mix|light-dark|device-cmyk|var|env)\(|^(rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([^()]*(from |calc\()/;

function colourOf(value: string, initial: Colour): Own | undefined {
  if (value === 'currentcolor') return 'current';
  if (value === 'initial') return initial;
  if (/^(inherit|unset|revert|revert-layer)$/.test(value))
    return initial === clear && value !== 'inherit' ? clear : 'inherit';
  return (
    parseColour(value) ?? mixedColour(value) ?? (made.test(value) || /\bvar\(/.test(value) ? 'unknown' : undefined)
  );
}

/** Pieces of a value at its outer level: functions whole, words alone. */
function pieces(value: string): string[] {
  return value.match(/[\w-]+\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|[^\s,/()]+/g) ?? [];
}

const picture =
  /^(url|image|image-set|-webkit-image-set|element|cross-fade)\(|^(-webkit-|-moz-)?(repeating-)?(linear|radial|conic)-gradient\(/;
/** An address without anything in it. */
const noAddress = /^url\( ?["']?(#.*|about:.*|javascript:.*|data:(?!image\/).*)?["']? ?\)$/;

function pictureOf(value: string): Own | 'none' | undefined {
  const [first = 'none'] = pieces(value);
  if (/^(none|initial|unset|revert)$/.test(first) || noAddress.test(first)) return 'none';
  if (/\bvar\(/.test(value)) return 'unknown';
  if (!picture.test(first)) return undefined;
  if (!first.includes('gradient(')) return 'unknown';
  const stops: Own[] = [];
  for (const piece of pieces(first.slice(first.indexOf('(') + 1, -1))) {
    const stop = piece === 'currentcolor' ? 'current' : parseColour(piece);
    if (stop !== undefined) stops.push(stop);
  }
  const [one] = stops;
  return one !== undefined && stops.every((stop) => isAlike(stop, one)) ? one : 'unknown';
}

function isAlike(a: Own, b: Own): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return isSameColour(a, b) && a.alpha === b.alpha;
}

const placing =
  /^(none|repeat|repeat-[xy]|no-repeat|space|round|scroll|fixed|local|left|right|top|bottom|center|cover|contain|auto|text|(border|padding|content)-box|initial|unset|revert|inherit|[+-]?[\d.]+([a-z]+|%)?|(calc|min|max|clamp)\(.*)$/;

/** The colours and the first picture of a background; undefined where a browser would not take it. */
function paintedBy(all: readonly string[], isOpen: boolean): { grounds: Own[]; own: string | undefined } | undefined {
  const grounds: Own[] = [];
  let own: string | undefined;
  for (const piece of all) {
    if (picture.test(piece)) own ??= piece;
    else {
      const ground = colourOf(piece, clear);
      if (ground !== undefined && ground !== 'unknown') grounds.push(ground);
      else if (ground === undefined && !placing.test(piece) && !isOpen) return undefined;
    }
  }
  return { grounds, own };
}

function backgroundOf(value: string): Paint | undefined {
  const all = pieces(value);
  const isOpen = /\bvar\(/.test(value);
  const painted = paintedBy(all, isOpen);
  if (!painted) return undefined;
  const { grounds, own } = painted;
  const layers = commaParts(value);
  const sizes = (value.length < longest ? layers : []).map(
    (layer) => /\/ ?([\d.a-z%+-]+( [\d.a-z%+-]+)?)(?![^(]*\))/.exec(layer)?.[1] ?? 'auto',
  );
  const isMade = all.some((piece) => colourOf(piece, clear) === 'unknown');
  if (!isOpen && grounds.length + (isMade ? 1 : 0) > 1) return undefined;
  return {
    ground: grounds.at(-1) ?? (isOpen || isMade ? 'unknown' : clear),
    picture: own === undefined ? (isOpen && grounds.length === 0 ? 'unknown' : 'none') : (pictureOf(own) ?? 'none'),
    isShrunk: value.length < longest && sizes.every(isNoSize),
    isAway: layers.length === 1 && all.some((piece) => /\d/.test(piece) && isOffPage(piece)),
    isOnce: all.includes('no-repeat'),
    isClipped: all.includes('text'),
  };
}
