import { farOn, percent, pixels, pixelsPerPercent } from './hiding-values.ts';

/** A shape of less than this, in square pixels, has no inside. */
const leastArea = 2;
const mostNumbers = 400;

/** `clip` and `clip-path` shapes without an inside, or with one that is nowhere over the box. */
export function clipsAway(value: string): boolean {
  const path = /^path\((?:(?:nonzero|evenodd), ?)?(["'])([^"']*)\1\)$/.exec(value)?.[2];
  if (path !== undefined) return hasNoInside(path);
  if (/^xywh\(\S+ \S+ (0[a-z%]* \S|\S+ 0[a-z%]*\))/.test(value)) return true;
  const [, shape, list = ''] = /^(rect|inset|circle|ellipse|polygon)\(([^()]*)\)/.exec(value) ?? [];
  if (shape === undefined) return false;
  const parts = list
    .replace(/round .*$/, '')
    .split(/[\s,]+/)
    .filter((part) => part !== '');
  if (shape === 'polygon') return isEmptyPolygon(parts.filter((part) => /\d/.test(part)));
  if (shape === 'circle' || shape === 'ellipse') return isEmptyRound(parts);
  return isEmptyBox(shape, parts);
}

/** A length, that of the box where it is a percentage. */
function along(part: string | undefined): number | undefined {
  if (part === undefined) return undefined;
  const share = percent(part);
  return share === undefined ? pixels(part) : share * pixelsPerPercent;
}

function isEmptyPolygon(parts: readonly string[]): boolean {
  const points: (readonly [number, number])[] = [];
  for (let at = 0; at + 1 < Math.min(parts.length, mostNumbers); at += 2) {
    const [x, y] = [along(parts[at]), along(parts[at + 1])];
    if (x === undefined || y === undefined) return false;
    points.push([x, y]);
  }
  if (points.length === 0 || parts.length > mostNumbers) return false;
  const isBeside = points.every(([x]) => x <= 0) || points.every(([, y]) => y <= 0);
  const widths = points.map(([x]) => x);
  const heights = points.map(([, y]) => y);
  // Turning both ways, a line may enclose as much on the one side as on the other: its extent tells.
  const isThin = spread(widths) * spread(heights) < leastArea || (points.length < 4 && areaOf(points) < leastArea);
  return isBeside || isThin;
}

function spread(numbers: readonly number[]): number {
  return Math.max(...numbers) - Math.min(...numbers);
}

function areaOf(points: readonly (readonly [number, number])[]): number {
  let twice = 0;
  for (const [at, [x, y]] of points.entries()) {
    const [u, v] = points[(at + 1) % points.length] ?? [x, y];
    twice += x * v - u * y;
  }
  return Math.abs(twice) / 2;
}

function isEmptyRound(parts: readonly string[]): boolean {
  const at = parts.indexOf('at');
  const radii = (at === -1 ? parts : parts.slice(0, at)).map(along);
  if (radii.some((radius) => radius !== undefined && radius <= 1)) return true;
  const [radius] = radii;
  const centre = at === -1 ? [] : parts.slice(at + 1).map(along);
  return radius !== undefined && centre.some((place) => place !== undefined && place + radius <= 0);
}

function isEmptyBox(shape: string, parts: readonly string[]): boolean {
  const [top = 'auto', right = top, bottom = top, left = right] = parts;
  if (shape === 'inset') {
    const sum = (a: string, b: string) => (percent(a) ?? 0) + (percent(b) ?? 0);
    const isFar = [top, right, bottom, left].some((part) => (pixels(part) ?? 0) >= farOn);
    return isFar || sum(top, bottom) >= 99 || sum(left, right) >= 99;
  }
  const length = (part: string) => pixels(part) ?? percent(part);
  const [t, r, b, l] = [length(top), length(right), length(bottom), length(left)];
  return (t !== undefined && b !== undefined && b - t <= 1) || (l !== undefined && r !== undefined && r - l <= 1);
}

/** Whether a path of straight lines never leaves one line, or the side of the box where nothing is. */
function hasNoInside(path: string): boolean {
  if (!/[a-z]/.test(path) || /[ac-gi-kn-uw-y]/.test(path)) return false;
  const numbers = (path.match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? []).map(Number);
  // Whether they are absolute is not known here: what is said holds for both.
  return numbers.every((number) => number <= 0) || numbers.slice(2).every((number) => number === 0);
}
