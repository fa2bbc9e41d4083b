const inPixels: Readonly<Record<string, number>> = {
  px: 1,
  em: 16,
  rem: 16,
  ex: 8,
  ch: 8,
  pt: 1.333,
  pc: 16,
  in: 96,
  cm: 37.8,
  mm: 3.78,
  vw: 12.8,
  vh: 7.2,
  vmin: 7.2,
  vmax: 12.8,
  '': 1,
};

/** Less text than this is read by nobody. */
const smallestFont = 3;
/** Farther off than this, nothing is on the page; offsets that only shift a picture are smaller. */
const farOff = 500;
/** To the right and below, pages can be scrolled: farther than anybody does. */
const farOn = 5000;

/** A length in CSS pixels; undefined for percentages and whatever cannot be told. */
export function pixels(value: string): number | undefined {
  const [, calc] = /^calc\(([^()]*)\)$/.exec(value) ?? [];
  const [, number, unit = ''] = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([a-z]*)\s*$/.exec(calc ?? value) ?? [];
  const factor = inPixels[unit.replace(/^[sld](?=v)/, '')];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

function percent(value: string): number | undefined {
  const [, number] = /^\s*([+-]?(?:\d+\.?\d*|\.\d+))%\s*$/.exec(value) ?? [];
  return number === undefined ? undefined : Number(number);
}

export function isTiny(value: string): boolean {
  const share = percent(value);
  const size = share === undefined ? pixels(value) : (share / 100) * 16;
  return size !== undefined && size < smallestFont;
}

export function isOffPage(value: string): boolean {
  const length = pixels(value) ?? (percent(value) ?? 0) * 3; // a percentage is of some hundred pixels
  return length <= -farOff || length >= farOn;
}

/** One pixel is the box that style sheets keep for screen readers. */
export function isZeroSize(value: string): boolean {
  const length = pixels(value) ?? percent(value);
  return length !== undefined && length <= 1 && !(value.endsWith('%') && length > 0);
}

/** An opacity at which nobody reads. */
export function fadesAway(value: string): boolean {
  const share = percent(value);
  const opacity = share === undefined ? Number(value) : share / 100;
  return opacity < 0.1;
}

/** `clip` and `clip-path` shapes without an inside. */
export function clipsAway(value: string): boolean {
  if (/^path\(["']m ?[\d.-]+[ ,][\d.-]+ ?z?["']\)$/.test(value)) return true;
  if (/^xywh\(\S+ \S+ (0[a-z%]* \S|\S+ 0[a-z%]*\))/.test(value)) return true;
  const [, shape, list = ''] = /^(rect|inset|circle|ellipse|polygon)\(([^()]*)\)/.exec(value) ?? [];
  if (shape === undefined) return false;
  const parts = list
    .replace(/round .*$/, '')
    .split(/[\s,]+/)
    .filter((part) => part !== '');
  const length = (part: string | undefined) => (part === undefined ? undefined : (pixels(part) ?? percent(part)));
  if (shape === 'polygon') return new Set(parts.filter((part) => /\d/.test(part)).map(Number.parseFloat)).size <= 1;
  if (shape === 'circle' || shape === 'ellipse')
    return parts.some((part) => part !== 'at' && length(part) === 0 && parts.indexOf(part) < 2);
  const [top = 'auto', right = top, bottom = top, left = right] = parts;
  if (shape === 'inset') {
    const sum = (a: string, b: string) => (percent(a) ?? 0) + (percent(b) ?? 0);
    return (
      sum(top, bottom) >= 99 ||
      sum(left, right) >= 99 ||
      [top, right, bottom, left].some((part) => (pixels(part) ?? 0) >= farOn)
    );
  }
  const [t, r, b, l] = [length(top), length(right), length(bottom), length(left)];
  return (t !== undefined && b !== undefined && b - t <= 1) || (l !== undefined && r !== undefined && r - l <= 1);
}

/** `transform` that leaves nothing of a box. */
export function shrinksAway(value: string): boolean {
  for (const [, name = '', list = ''] of value.matchAll(/(scale[xy]?|scale3d|matrix|rotate[xy])\(([^()]*)\)/g)) {
    const numbers = list.split(',').map((part) => (percent(part) ?? Number.NaN) / 100 || Number.parseFloat(part));
    if (
      name === 'matrix'
        ? isFlat(numbers)
        : name.startsWith('scale') && numbers.slice(0, 2).some((part) => Math.abs(part) < 0.05)
    )
      return true;
    if (name.startsWith('rotate') && /^\s*-?(90|270)deg/.test(list)) return true;
  }
  return false;
}

function isFlat([a = 1, b = 0, c = 0, d = 1]: readonly number[]): boolean {
  return Math.abs(a * d - b * c) < 0.002;
}

/** `transform` that puts a box off the page. */
export function shiftsAway(value: string): boolean {
  for (const [, list = ''] of value.matchAll(/translate(?:x|y|3d)?\(([^()]*)\)/g)) {
    if (list.split(',').some((part) => isOffPage(part.trim()))) return true;
  }
  return false;
}
