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

/** Less than this of a colour, or of a box, is not seen. */
export const faint = 0.1;
/** Percentages are of boxes that are some hundred pixels wide and high. */
export const pixelsPerPercent = 3;
/** Less text than this is read by nobody. */
const smallestFont = 3;
/** Farther off than this, nothing is on the page; offsets that only shift a picture are smaller. */
const farOff = 500;
/** To the right and below, pages can be scrolled: farther than anybody does. */
export const farOn = 5000;

/** A length in CSS pixels; undefined for percentages and whatever cannot be told. */
export function pixels(value: string): number | undefined {
  const [, calc] = /^calc\(([^()]*)\)$/.exec(value) ?? [];
  const [, number, unit = ''] = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([a-z]*)\s*$/.exec(calc ?? value) ?? [];
  const factor = inPixels[unit.replace(/^[sld](?=v)/, '')];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

export function percent(value: string): number | undefined {
  const [, number] = /^\s*([+-]?(?:\d+\.?\d*|\.\d+))%\s*$/.exec(value) ?? [];
  return number === undefined ? undefined : Number(number);
}

export function isTiny(value: string): boolean {
  const share = percent(value);
  const size = share === undefined ? pixels(value) : (share / 100) * 16;
  return size !== undefined && size < smallestFont;
}

export function isOffPage(value: string): boolean {
  const length = pixels(value) ?? (percent(value) ?? 0) * pixelsPerPercent;
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
  return opacity < faint;
}
