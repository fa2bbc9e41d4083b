import type { Colour } from './colour.ts';
import { pixels } from './hiding-values.ts';
import { radians } from './transform.ts';

type Channels = readonly [number, number, number];
type Step = (channels: Channels) => Channels;

/** What `filter` makes of what it is drawn over: the steps for each colour, and how much of it is left. */
export interface Filter {
  /** As it was written: what tells two of them apart. */
  readonly text: string;
  readonly steps: readonly Step[];
  readonly alpha: number;
  /** Whether letters are no letters any more. */
  readonly isBlurred: boolean;
  /** The shadows that `drop-shadow()` draws, written as those of `text-shadow`. */
  readonly shadows: readonly string[];
}

/** Blurred by more than this, in CSS pixels, nobody reads. */
const mostBlur = 10;
const mostFunctions = 20;
const functions = /(-?[a-z]+(?:-[a-z]+)*)\(((?:[^()]|\([^()]*\))*)\)/g;

/** The value of `filter`; undefined where it changes no colour. */
export function filterOf(value: string): Filter | undefined {
  const steps: Step[] = [];
  const shadows: string[] = [];
  let alpha = 1;
  let isBlurred = false;
  for (const [, name = '', list = ''] of [...value.matchAll(functions)].slice(0, mostFunctions)) {
    const amount = amountOf(list.trim());
    const step = stepOf(name, amount, list.trim());
    if (step) steps.push(step);
    if (name === 'opacity') alpha *= Math.max(0, Math.min(1, amount));
    if (name === 'blur') isBlurred ||= (pixels(list.trim()) ?? 0) > mostBlur;
    if (name === 'drop-shadow') shadows.push(list.trim());
  }
  return steps.length > 0 || shadows.length > 0 || alpha < 1 || isBlurred
    ? { text: value, steps, alpha, isBlurred, shadows }
    : undefined;
}

/** The colour after all filters, the innermost first. */
export function filtered(colour: Colour, filters: readonly Filter[]): Colour {
  if (filters.length === 0) return colour;
  let channels: Channels = colour.rgb;
  for (const { steps } of filters) {
    for (const step of steps) channels = step(channels).map((one) => Math.max(0, Math.min(255, one))) as never;
  }
  return { rgb: channels, alpha: colour.alpha };
}

function amountOf(text: string): number {
  if (text === '') return 1;
  return text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
}

/** The functions of CSS Filter Effects that change colours; matrices as they stand there. */
function stepOf(name: string, amount: number, text: string): Step | undefined {
  const part = Math.min(1, amount);
  switch (Number.isNaN(amount) && name !== 'hue-rotate' ? '' : name) {
    case 'brightness':
      return each((one) => one * amount);
    case 'contrast':
      return each((one) => (one - 127.5) * amount + 127.5);
    case 'invert':
      return each((one) => one * (1 - part) + (255 - one) * part);
    case 'grayscale':
      return towards([0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722], part);
    case 'sepia':
      return towards([0.393, 0.769, 0.189, 0.349, 0.686, 0.168, 0.272, 0.534, 0.131], part);
    case 'saturate':
      return towards([0.213, 0.715, 0.072, 0.213, 0.715, 0.072, 0.213, 0.715, 0.072], 1 - amount);
    case 'hue-rotate':
      return hueTurned(radians(text));
    default:
      return undefined;
  }
}

function each(change: (channel: number) => number): Step {
  return ([r, g, b]) => [change(r), change(g), change(b)];
}

function times(m: readonly number[], [r, g, b]: Channels): Channels {
  const row = (at: number) => (m[at] ?? 0) * r + (m[at + 1] ?? 0) * g + (m[at + 2] ?? 0) * b;
  return [row(0), row(3), row(6)];
}

function towards(matrix: readonly number[], share: number): Step {
  return (own) => {
    const [r, g, b] = times(matrix, own);
    return [own[0] + (r - own[0]) * share, own[1] + (g - own[1]) * share, own[2] + (b - own[2]) * share];
  };
}

function hueTurned(angle: number): Step | undefined {
  if (Number.isNaN(angle)) return undefined;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const matrix = [
    ...[0.213 + c * 0.787 - s * 0.213, 0.715 - c * 0.715 - s * 0.715, 0.072 - c * 0.072 + s * 0.928],
    ...[0.213 - c * 0.213 + s * 0.143, 0.715 + c * 0.285 + s * 0.14, 0.072 - c * 0.072 - s * 0.283],
    ...[0.213 - c * 0.213 - s * 0.787, 0.715 - c * 0.715 + s * 0.715, 0.072 + c * 0.928 + s * 0.072],
  ];
  return (own) => times(matrix, own);
}
