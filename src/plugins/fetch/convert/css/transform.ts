import { pixels, pixelsPerPercent } from './hiding-values.ts';

/** What `transform` makes of a box. */
export interface Transformed {
  /** Nothing of it is left, seen from before. */
  readonly isFlat: boolean;
  /** Its back is before. */
  readonly isTurned: boolean;
  /** How far it is shifted, in CSS pixels. */
  readonly x: number;
  readonly y: number;
}

type Matrix = readonly number[];
const identity: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const functions = /([a-z]+(?:3d)?)\(([^()]*)\)/g;
const mostFunctions = 50;
/** Of a box smaller than this share, nobody reads anything. */
const least = 0.05;
const leastArea = 0.002;

/** The value of `transform`, worked out as far as its functions can be told. */
export function transformed(value: string): Transformed {
  let matrix = identity;
  let count = 0;
  for (const [, name = '', list = ''] of value.matchAll(functions)) {
    const own = matrixOf(name, list.trim().split(/\s*,\s*|\s+/));
    if (own) matrix = multiplied(matrix, own);
    if (++count >= mostFunctions) break;
  }
  const [a = 1, b = 0, , , c = 0, d = 1] = matrix;
  const [x = 0, y = 0] = matrix.slice(12, 14);
  const isFlat = Math.hypot(a, b) < least || Math.hypot(c, d) < least || Math.abs(a * d - b * c) < leastArea;
  return { isFlat, isTurned: isTurned(matrix), x, y };
}

/** Whether its back is before: what the inverse does to its normal decides. */
function isTurned([a = 1, b = 0, c = 0, , d = 0, e = 1, f = 0, , g = 0, h = 0, i = 1]: Matrix): boolean {
  const determinant = a * (e * i - f * h) - d * (b * i - c * h) + g * (b * f - c * e);
  return (a * e - b * d) * determinant < -1e-6;
}

function matrixOf(name: string, parts: readonly string[]): Matrix | undefined {
  const numbers = parts.map(ratio);
  const [first = 0, second = first, third = 1] = numbers;
  const lengths = parts.map(shift);
  switch (name) {
    case 'scale':
      return scaling(first, second, 1);
    case 'scalex':
      return scaling(first, 1, 1);
    case 'scaley':
      return scaling(1, first, 1);
    case 'scalez':
      return scaling(1, 1, first);
    case 'scale3d':
      return scaling(first, second, third);
    case 'translate':
    case 'translate3d':
      return moving(lengths[0] ?? 0, lengths[1] ?? 0);
    case 'translatex':
      return moving(lengths[0] ?? 0, 0);
    case 'translatey':
      return moving(0, lengths[0] ?? 0);
    case 'rotate':
    case 'rotatez':
      return turning(0, 0, 1, radians(parts[0]));
    case 'rotatex':
      return turning(1, 0, 0, radians(parts[0]));
    case 'rotatey':
      return turning(0, 1, 0, radians(parts[0]));
    case 'rotate3d':
      return turning(first, second, third, radians(parts[3]));
    case 'matrix': {
      const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = numbers;
      return numbers.some(Number.isNaN) ? undefined : [a, b, 0, 0, c, d, 0, 0, 0, 0, 1, 0, e, f, 0, 1];
    }
    case 'matrix3d':
      return numbers.length === 16 && !numbers.some(Number.isNaN) ? numbers : undefined;
    default:
      return undefined;
  }
}

function scaling(x: number, y: number, z: number): Matrix | undefined {
  return Number.isNaN(x + y + z) ? undefined : [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, 0, 0, 0, 1];
}

function moving(x: number, y: number): Matrix {
  return [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, 0, 1];
}

function turning(x: number, y: number, z: number, angle: number): Matrix | undefined {
  const length = Math.hypot(x, y, z);
  if (!(length > 0) || Number.isNaN(angle)) return undefined;
  const [u, v, w] = [x / length, y / length, z / length];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const rest = 1 - cos;
  return [
    ...[cos + u * u * rest, u * v * rest + w * sin, u * w * rest - v * sin, 0],
    ...[u * v * rest - w * sin, cos + v * v * rest, v * w * rest + u * sin, 0],
    ...[u * w * rest + v * sin, v * w * rest - u * sin, cos + w * w * rest, 0, 0, 0, 0, 1],
  ];
}

/** Both by columns, as CSS writes them; the second is applied first. */
function multiplied(a: Matrix, b: Matrix): Matrix {
  return b.map((_, at) => {
    const [row, column] = [at % 4, at - (at % 4)];
    let sum = 0;
    for (let k = 0; k < 4; k++) sum += (a[row + 4 * k] ?? 0) * (b[column + k] ?? 0);
    return sum;
  });
}

function ratio(part: string): number {
  return part.endsWith('%') ? Number(part.slice(0, -1)) / 100 : Number(part);
}

function shift(part: string): number {
  return (part.endsWith('%') ? Number(part.slice(0, -1)) * pixelsPerPercent : pixels(part)) || 0;
}

const turns: Readonly<Record<string, number>> = { deg: 1 / 360, grad: 1 / 400, rad: 1 / (2 * Math.PI), turn: 1, '': 1 };

/** An angle; NaN for what is none. */
export function radians(part = ''): number {
  const [, size = '', unit = ''] = /^([+-]?[\d.]+(?:e[+-]?\d+)?)(deg|grad|rad|turn|)$/.exec(part) ?? [];
  return size === '' ? Number.NaN : Number(size) * (turns[unit] ?? 1) * 2 * Math.PI;
}
