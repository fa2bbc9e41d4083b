import { namedColours } from './named-colours.ts';

/** Red, green and blue from 0 to 255, and how much of it covers what is below, 0 to 1. */
export interface Colour {
  readonly rgb: readonly [number, number, number];
  readonly alpha: number;
}

/** Farther apart in no channel than this, nobody tells two colours from one another. */
const nearest = 12;

export function isSameColour(a: Colour, b: Colour): boolean {
  return a.rgb.every((channel, index) => Math.abs(channel - (b.rgb[index] ?? 0)) <= nearest);
}

/** The colour over another one that covers all. */
export function blend({ rgb, alpha }: Colour, under: Colour): Colour {
  const [r, g, b] = rgb.map((channel, index) => channel * alpha + (under.rgb[index] ?? 0) * (1 - alpha));
  return opaque(r, g, b);
}

export function opaque(r = 0, g = 0, b = 0): Colour {
  return { rgb: [r, g, b], alpha: 1 };
}

/** A CSS colour in any notation, given in lower case; undefined for what is none, or cannot be told. */
export function parseColour(value: string): Colour | undefined {
  const name = namedColours.get(value);
  const hex = /^#([0-9a-f]{3,8})$/.exec(name ?? value)?.[1];
  if (hex !== undefined) return fromHex(hex);
  if (value === 'transparent') return { rgb: [0, 0, 0], alpha: 0 };
  const [, kind = '', list = ''] = /^([a-z]+)\(([^()]*)\)$/.exec(value) ?? [];
  const parts = list.trim().split(/\s*[,/]\s*|\s+/);
  if (kind === 'color' && /^(srgb|display-p3)$/.test(parts[0] ?? '')) {
    return made(parts.slice(1).map((part) => number(part, 1) * 255));
  }
  const read = readers[kind];
  return read && parts.length >= 3 ? made(read(parts), alphaOf(parts[3])) : undefined;
}

const readers: Readonly<Record<string, (parts: readonly string[]) => number[]>> = {
  rgb: (parts) => parts.slice(0, 3).map((part) => number(part, 255)),
  rgba: (parts) => parts.slice(0, 3).map((part) => number(part, 255)),
  hsl: fromHsl,
  hsla: fromHsl,
  hwb: fromHwb,
  lab: ([l = '', a = '', b = '']) => fromLab(number(l, 100), number(a, 125), number(b, 125)),
  lch: ([l = '', c = '', h = '']) => fromLab(number(l, 100), ...polar(number(c, 150), angle(h))),
  oklab: ([l = '', a = '', b = '']) => fromOklab(number(l, 1), number(a, 0.4), number(b, 0.4)),
  oklch: ([l = '', c = '', h = '']) => fromOklab(number(l, 1), ...polar(number(c, 0.4), angle(h))),
};

function made(channels: readonly number[], alpha = 1): Colour | undefined {
  if ([...channels, alpha].some(Number.isNaN)) return undefined;
  const [r = 0, g = 0, b = 0] = channels.map((channel) => Math.min(255, Math.max(0, channel)));
  return { rgb: [r, g, b], alpha: Math.min(1, Math.max(0, alpha)) };
}

function fromHex(hex: string): Colour | undefined {
  const digits = hex.length <= 4 ? [...hex].map((digit) => digit + digit).join('') : hex;
  const bytes = digits.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return digits.length === 6 || digits.length === 8 ? made(bytes.slice(0, 3), (bytes[3] ?? 255) / 255) : undefined;
}

/** A number, or a percentage of `whole`. */
function number(part: string, whole: number): number {
  if (part === 'none') return 0;
  return part.endsWith('%') ? (Number(part.slice(0, -1)) / 100) * whole : Number(part);
}

function alphaOf(part: string | undefined): number {
  return part === undefined ? 1 : number(part, 1);
}

const turns: Readonly<Record<string, number>> = { deg: 1, grad: 0.9, rad: 180 / Math.PI, turn: 360, '': 1 };

/** Degrees. */
function angle(part: string): number {
  const [, size = part, unit = ''] = /^([\d.e+-]+?)(deg|grad|rad|turn|)$/.exec(part) ?? [];
  return number(size, 360) * (turns[unit] ?? 1);
}

function polar(chroma: number, degrees: number): [number, number] {
  const radians = (degrees * Math.PI) / 180;
  return [chroma * Math.cos(radians), chroma * Math.sin(radians)];
}

function fromHsl([h = '', s = '', l = '']: readonly string[]): number[] {
  const hue = angle(h);
  const [saturation, lightness] = [s, l].map((part) => Number(part.replace('%', '')) / 100) as [number, number];
  const spread = saturation * Math.min(lightness, 1 - lightness);
  return [0, 8, 4].map((offset) => {
    const at = (((offset + hue / 30) % 12) + 12) % 12;
    return 255 * (lightness - spread * Math.max(-1, Math.min(at - 3, 9 - at, 1)));
  });
}

function fromHwb([h = '', w = '', b = '']: readonly string[]): number[] {
  const [white, black] = [w, b].map((part) => Number(part.replace('%', '')) / 100) as [number, number];
  const sum = white + black;
  if (sum >= 1) return Array.from({ length: 3 }, () => (255 * white) / sum);
  return fromHsl([h, '100%', '50%']).map((channel) => channel * (1 - sum) + 255 * white);
}

/** The transfer function of sRGB, from linear light. */
function encoded(linear: number): number {
  return 255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);
}

function fromOklab(l: number, a: number, b: number): number[] {
  const x = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const y = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const z = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encoded(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z),
    encoded(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z),
    encoded(-0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z),
  ];
}

/** Linear light, from sRGB. */
function decoded(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function toOklab(rgb: readonly number[]): number[] {
  const [r = 0, g = 0, b = 0] = rgb.map(decoded);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

interface Space {
  to(rgb: readonly number[]): number[];
  from(channels: readonly number[]): number[];
}

/** The spaces that mixes are worked out in; CIE Lab is taken for its like. */
export const spaces: Readonly<Record<string, Space>> = {
  srgb: { to: (rgb) => [...rgb], from: (rgb) => [...rgb] },
  'srgb-linear': { to: (rgb) => rgb.map(decoded), from: (linear) => linear.map(encoded) },
  oklab: { to: toOklab, from: ([l = 0, a = 0, b = 0]) => fromOklab(l, a, b) },
  lab: { to: toOklab, from: ([l = 0, a = 0, b = 0]) => fromOklab(l, a, b) },
};

/** CIE Lab with the white of D50, which CSS uses. */
function fromLab(l: number, a: number, b: number): number[] {
  const fy = (l + 16) / 116;
  const linear = (f: number) => (f ** 3 > 216 / 24_389 ? f ** 3 : (116 * f - 16) / (24_389 / 27));
  const [x, y, z] = [linear(fy + a / 500) * 0.9643, linear(fy), linear(fy - b / 200) * 0.8251] as const;
  return [
    encoded(3.1338561 * x - 1.6168667 * y - 0.4906146 * z),
    encoded(-0.9787684 * x + 1.9161415 * y + 0.033454 * z),
    encoded(0.0719453 * x - 0.2289914 * y + 1.4052427 * z),
  ];
}
