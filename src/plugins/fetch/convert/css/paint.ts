import { blend, type Colour, isSameColour, opaque, parseColour } from './colour.ts';

type Own = Colour | 'inherit' | 'unknown' | 'current';

/** What declarations say of the colours of text and ground. A picture is the one colour of it, 'unknown', or 'none'. */
export interface Paint {
  readonly colour?: Own;
  readonly fill?: Own;
  readonly ground?: Own;
  readonly picture?: Own | 'none';
}

/** The colours an element's text is seen by; undefined where they cannot be told. */
export interface Painted {
  readonly colour: Colour | undefined;
  readonly ground: Colour | undefined;
}

export const blackOnWhite: Painted = { colour: opaque(), ground: opaque(255, 255, 255) };
const clear: Colour = { rgb: [0, 0, 0], alpha: 0 };
/** Less than this of a colour is not seen. */
const faint = 0.1;

/** What one declaration adds; undefined for properties that say nothing of colours, and for what is no value of them. */
export function paintOf(name: string, value: string): Paint | undefined {
  switch (name) {
    case 'color': {
      const colour = colourOf(value, opaque());
      // One made from others may be that of the ground, so what stood before is kept.
      return colour && (colour !== 'unknown' || value.includes('var(')) ? { colour } : undefined;
    }
    case '-webkit-text-fill-color': {
      const fill = colourOf(value, opaque());
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
      return undefined;
  }
}

/** Colours that are made from others, and what is not filled in. */
const made =
  /^(color-mix|light-dark|device-cmyk|var|env)\(|^(rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([^()]*(from |calc\()/;

function colourOf(value: string, initial: Colour): Own | undefined {
  if (value === 'currentcolor') return 'current';
  if (value === 'initial') return initial;
  if (/^(inherit|unset|revert|revert-layer)$/.test(value))
    return initial === clear && value !== 'inherit' ? clear : 'inherit';
  return parseColour(value) ?? mixed(value) ?? (made.test(value) || /\bvar\(/.test(value) ? 'unknown' : undefined);
}

/** `light-dark()` on a light page, and a mix of two colours that are one. */
function mixed(value: string): Colour | undefined {
  const light = /^light-dark\( ?((?:[^(),]|\([^()]*\)){1,60}),/.exec(value)?.[1];
  if (light !== undefined) return parseColour(light.trim());
  const [, list] = /^color-mix\( ?in [^,]{1,30},(.{1,120})\)$/.exec(value) ?? [];
  const [a, b] = (list?.match(/#[0-9a-f]+|[a-z]+(?:\([^()]*\))?/g) ?? []).map(parseColour);
  return a && b && isAlike(a, b) ? a : undefined;
}

/** Pieces of a value at its outer level: functions whole, words alone. */
function pieces(value: string): string[] {
  return value.match(/[\w-]+\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|[^\s,/()]+/g) ?? [];
}

const picture =
  /^(url|image|image-set|-webkit-image-set|element|cross-fade)\(|^(-webkit-|-moz-)?(repeating-)?(linear|radial|conic)-gradient\(/;
/** An address without anything in it. */
const noAddress = /^url\( ?(""|'')? ?\)$/;

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

function backgroundOf(value: string): Paint | undefined {
  const all = pieces(value);
  const isOpen = /\bvar\(/.test(value);
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
  const isMade = all.some((piece) => colourOf(piece, clear) === 'unknown');
  if (!isOpen && grounds.length + (isMade ? 1 : 0) > 1) return undefined;
  return {
    ground: grounds.at(-1) ?? (isOpen || isMade ? 'unknown' : clear),
    picture: own === undefined ? (isOpen && grounds.length === 0 ? 'unknown' : 'none') : (pictureOf(own) ?? 'none'),
  };
}

/** The colours an element comes to with what it inherits. `isClipped`: its ground is only seen through its letters. */
export function painted(paint: Paint, around: Painted, isClipped: boolean): Painted {
  const resolved = (own: Own | undefined, inherited: Colour | undefined, current: Colour | undefined) => {
    if (own === undefined || own === 'inherit') return inherited;
    if (own === 'current') return current;
    return own === 'unknown' ? undefined : own;
  };
  const text = resolved(paint.colour, around.colour, around.colour);
  const colour = paint.fill === undefined ? text : resolved(paint.fill, text, text);
  const under = around.ground;
  if (isClipped) return { colour: colour && colour.alpha < faint ? undefined : colour, ground: under };
  const flat =
    paint.ground === undefined || paint.ground === 'inherit'
      ? under
      : over(resolved(paint.ground, under, colour), under);
  if (paint.picture === undefined || paint.picture === 'none') return { colour, ground: flat };
  if (paint.picture === 'unknown') return { colour, ground: undefined };
  return { colour, ground: over(resolved(paint.picture, undefined, colour), flat) };
}

function over(colour: Colour | undefined, under: Colour | undefined): Colour | undefined {
  if (colour === undefined) return undefined;
  if (colour.alpha === 0) return under;
  if (colour.alpha >= 1) return colour;
  return under && blend(colour, under);
}

/** Whether text in these colours cannot be told from its ground. */
export function isUnseen({ colour, ground }: Painted): boolean {
  return colour !== undefined && ground !== undefined && isSameColour(blend(colour, ground), ground);
}
