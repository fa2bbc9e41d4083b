import { calculated } from './calculated.ts';
import { type Colour, isSameColour, parseColour, spaces } from './colour.ts';
import { faint } from './hiding-values.ts';

const piece = /#[0-9a-f]+|[a-z-]+(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?|[+-]?[\d.]+%?/g;
const deepest = 4;
const longest = 500;

/** A colour made from others, where it can be worked out: `light-dark()` on a light page, mixes, and relative ones. */
export function mixedColour(value: string, depth = 0): Colour | undefined {
  if (depth > deepest || value.length > longest || !value.endsWith(')')) return undefined;
  const light = /^light-dark\( ?((?:[^(),]|\([^()]*\)){1,60}),/.exec(value)?.[1];
  if (light !== undefined) return anyColour(light.trim(), depth);
  const [, space, list] = /^color-mix\( ?in ([a-z0-9-]+)[^,]{0,30},(.{1,200})\)$/.exec(value) ?? [];
  if (space !== undefined && list !== undefined) return mix(space, list, depth);
  return relative(value, depth);
}

function anyColour(value: string, depth: number): Colour | undefined {
  return parseColour(value) ?? mixedColour(value, depth + 1);
}

interface Part {
  /** Undefined where it cannot be told; then it covers all. */
  readonly colour: Colour | undefined;
  readonly share: number | undefined;
}

function mix(space: string, list: string, depth: number): Colour | undefined {
  const parts: Part[] = [];
  let share: number | undefined;
  let colour: Colour | undefined;
  let isOpen = false;
  const close = () => {
    if (isOpen) parts.push({ colour, share });
    isOpen = false;
    share = undefined;
  };
  for (const [text, index] of [...list.matchAll(piece)].map(({ 0: own, index }) => [own, index] as const)) {
    if (/,\s*$/.test(list.slice(0, index))) close();
    if (text.endsWith('%')) share = Number(text.slice(0, -1)) / 100;
    else {
      colour = anyColour(text, depth);
      isOpen = true;
    }
  }
  close();
  const [a, b] = parts;
  return a && b && parts.length === 2 ? mixOf(space, a, b) : undefined;
}

function mixOf(space: string, a: Part, b: Part): Colour | undefined {
  const first = a.share ?? 1 - (b.share ?? 0.5);
  const second = b.share ?? 1 - first;
  const sum = first + second;
  if (!(sum > 0)) return undefined;
  const [p, q] = [first / sum, second / sum];
  const [left, right] = [p * (a.colour?.alpha ?? 1), q * (b.colour?.alpha ?? 1)];
  const alpha = (left + right) * Math.min(1, sum);
  if (alpha < faint) return { rgb: [0, 0, 0], alpha };
  // What has no part in it need not be known.
  if (right === 0 && a.colour) return { ...a.colour, alpha };
  if (left === 0 && b.colour) return { ...b.colour, alpha };
  if (!a.colour || !b.colour) return undefined;
  // Between colours that are one, every way leads through it.
  if (!/^(srgb|srgb-linear|oklab|lab)$/.test(space) && !isSameColour(a.colour, b.colour)) return undefined;
  const own = spaces[space] ?? spaces.srgb;
  const [from, to] = [own?.to(a.colour.rgb) ?? [], own?.to(b.colour.rgb) ?? []];
  const channels = from.map((one, at) => (one * left + (to[at] ?? 0) * right) / (left + right));
  const [r = 0, g = 0, blue = 0] = own?.from(channels) ?? channels;
  return { rgb: [r, g, blue], alpha };
}

const channelNames: Readonly<Record<string, string>> = {
  rgb: 'rgb',
  rgba: 'rgb',
  hsl: 'hsl',
  hsla: 'hsl',
  hwb: 'hwb',
  lab: 'lab',
  lch: 'lch',
  oklab: 'lab',
  oklch: 'lch',
};

/** `rgb(from white r g b / 50%)`: its channels as they are, or worked out from those of the origin. */
function relative(value: string, depth: number): Colour | undefined {
  const [, name = '', inside = ''] = /^([a-z]+)\(\s*from\s+([\s\S]*)\)$/.exec(value) ?? [];
  const [origin = ''] = inside.match(piece) ?? [];
  if (origin === '' || !inside.startsWith(origin)) return undefined;
  const [channels = '', own] = inside
    .slice(origin.length)
    .split('/')
    .map((part) => part.trim());
  const alpha =
    own === undefined || own === 'alpha' ? undefined : Number.parseFloat(own) / (own.endsWith('%') ? 100 : 1);
  if (alpha !== undefined && alpha < faint) return { rgb: [0, 0, 0], alpha };
  const from = anyColour(origin, depth);
  if (!from) return undefined;
  const named = name === 'color' ? channels.replace(/^(srgb|srgb-linear|display-p3) /, '') : channels;
  const letters = name === 'color' ? 'rgb' : (channelNames[name] ?? '');
  // The origin itself, in whatever notation.
  if (letters !== '' && named === [...letters].join(' ')) return { rgb: from.rgb, alpha: alpha ?? from.alpha };
  if (letters !== 'rgb' || name === 'color') return undefined;
  const numbers = named.replace(/\b[rgb]\b/g, (letter) => String(from.rgb['rgb'.indexOf(letter)] ?? 0));
  const made = parseColour(`rgb(${calculated(numbers)})`);
  return made && { rgb: made.rgb, alpha: alpha ?? from.alpha };
}
