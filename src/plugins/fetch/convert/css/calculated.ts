import { pixels } from './hiding-values.ts';

const call = /(calc|min|max|clamp)\(([^()]*)\)/;
const deepest = 8;

interface Size {
  readonly size: number;
  readonly unit: 'px' | '%' | '';
}

/** The value with its `calc()`, `min()`, `max()` and `clamp()` worked out, as far as their parts can be told. */
export function calculated(value: string): string {
  let text = value;
  for (let depth = 0; depth < deepest && text.includes('('); depth++) {
    const [whole, name = '', list = ''] = call.exec(text) ?? [];
    if (whole === undefined) return text;
    const result = resultOf(name, list.split(',').map(sum));
    if (result === undefined) return text;
    text = text.replace(whole, `${Number(result.size.toFixed(4))}${result.unit}`);
  }
  return text;
}

function resultOf(name: string, parts: readonly (Size | undefined)[]): Size | undefined {
  const known = parts.filter((part) => part !== undefined);
  const [first] = known;
  if (first === undefined || known.length < parts.length || known.some(({ unit }) => unit !== first.unit))
    return undefined;
  const sizes = known.map(({ size }) => size);
  const [low = 0, middle = 0, high = 0] = sizes;
  if (name === 'calc') return first;
  if (name === 'clamp') return { size: Math.max(low, Math.min(middle, high)), unit: first.unit };
  return { size: name === 'min' ? Math.min(...sizes) : Math.max(...sizes), unit: first.unit };
}

/** A sum of products, such as `100px - 2 * 50px`; undefined where a part of it cannot be told. */
function sum(text: string): Size | undefined {
  let total: Size | undefined;
  for (const [, operator = '+', term = ''] of ` + ${text.trim()}`.matchAll(/\s([+-])\s+((?:(?!\s[+-]\s).)+)/g)) {
    const own = product(term);
    if (own === undefined || (total !== undefined && total.unit !== own.unit)) return undefined;
    total = { size: (total?.size ?? 0) + (operator === '-' ? -own.size : own.size), unit: own.unit };
  }
  return total;
}

function product(term: string): Size | undefined {
  let result: Size = { size: 1, unit: '' };
  for (const [, operator = '*', factor = ''] of `*${term}`.matchAll(/([*/])\s*([^*/\s]+)\s*/g)) {
    const own = sizeOf(factor);
    if (own === undefined) return undefined;
    const size = operator === '*' ? result.size * own.size : result.size / own.size;
    result = { size, unit: own.unit === '' ? result.unit : own.unit };
  }
  return Number.isFinite(result.size) ? result : undefined;
}

function sizeOf(factor: string): Size | undefined {
  if (/^[+-]?[\d.]+(e[+-]?\d+)?$/.test(factor)) return { size: Number(factor), unit: '' };
  if (/^[+-]?[\d.]+%$/.test(factor)) return { size: Number.parseFloat(factor), unit: '%' };
  const length = pixels(factor);
  return length === undefined ? undefined : { size: length, unit: 'px' };
}
