import { nestsDeeperThan } from '../../../core/json.ts';

const deepest = 64;

/**
 * The value of a json or jsonb text where JavaScript can hold all of it: no number that would be rounded, no key twice.
 * Undefined otherwise, and for JSON's null, which is not SQL's; the text itself is then the honest value.
 */
export function parseLossless(text: string): { readonly value: unknown } | undefined {
  if (nestsDeeperThan(text, deepest)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // PostgreSQL's json takes a little more than JavaScript, such as \u0000 in some versions
  }
  if (value === null) return undefined; // would read as SQL NULL
  if (typeof value !== 'object' && typeof value !== 'number') return { value };
  return keepsAll(text, value) ? { value } : undefined;
}

/** Strings with the colon that makes them keys, or numbers. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?[0-9][-+.0-9eE]*/g;

function keepsAll(text: string, value: unknown): boolean {
  let keys = 0;
  for (const [found, colon] of text.matchAll(token)) {
    if (colon !== undefined) keys += 1;
    else if (!found.startsWith('"') && !isExact(found)) return false;
  }
  return keys === countKeys(value);
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const children: unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : children.length;
  return children.reduce<number>((sum, child) => sum + countKeys(child), own);
}

/** Whether a number survives the way through a double; trailing zeros and the form of the exponent do not matter. */
function isExact(number: string): boolean {
  if (number.length < 16 && !/[.eE]/.test(number)) return number !== '-0';
  const double = Number(number);
  return Number.isFinite(double) && normal(number) === normal(String(double));
}

/** Sign, significant digits and the power of ten of the last one. */
function normal(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)([0-9]+)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]+))?$/.exec(number) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return `${sign}0`;
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
