import { type Colour, parseColour } from './colour.ts';
import { commaParts } from './css-text.ts';
import { pixels } from './hiding-values.ts';
import { mixedColour } from './mixed-colour.ts';

/** What is drawn around letters. Its colour is that of the text where none is given. */
export interface Shadow {
  readonly colour: Colour | undefined;
  /** Whether letters can be told by it where they themselves are not seen. */
  readonly standsFor: boolean;
  /** Whether it is seen beside letters in the colour of their ground. */
  readonly outlines: boolean;
}

/** Farther off, a shadow is at another place; more blurred, it is a stain. */
const farthest = 20;
const mostBlur = 4;
const mostShadows = 10;

/** The shadows of `text-shadow` that letters can be read by; undefined for what is no value of it. */
export function shadowsOf(value: string): readonly Shadow[] | undefined {
  if (/^(none|initial)$/.test(value)) return [];
  const shadows = commaParts(value)
    .slice(0, mostShadows)
    .map((part) => shadowOf(part.trim()));
  return shadows.every((shadow) => shadow !== undefined) ? shadows : undefined;
}

function shadowOf(text: string): Shadow | undefined {
  const parts = text.match(/[a-z-]+\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|[^\s]+/g) ?? [];
  const lengths = parts.map(pixels).filter((length) => length !== undefined);
  const others = parts.filter((part) => pixels(part) === undefined);
  const [x, y, blur = 0] = lengths;
  const [written = 'currentcolor'] = others;
  if (x === undefined || y === undefined || others.length > 1 || lengths.length > 3 || blur < 0) return undefined;
  const colour = parseColour(written) ?? mixedColour(written);
  if (colour === undefined && written !== 'currentcolor') return undefined;
  const far = Math.max(Math.abs(x), Math.abs(y));
  const isNear = far <= farthest && blur <= mostBlur;
  return { colour, standsFor: isNear, outlines: isNear && far + blur >= 1 };
}

/** A stroke of letters, of a colour given in lower case. */
export function strokeOf(width: string, colour: Colour | undefined): Shadow {
  const size = /^(thin|medium|thick)$/.test(width) ? 1 : (pixels(width) ?? 0);
  return { colour, standsFor: size >= 0.5 && size <= farthest, outlines: size >= 0.5 && size <= farthest };
}
