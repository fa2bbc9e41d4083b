import { GatewayError } from '../../../core/errors.ts';

const mostFound = 100_000;
/** Up to this product of lengths the engine's own search is taken, whose worst case is to compare everything with everything. */
const smallProduct = 16_777_216;

/**
 * Where a text occurs in another, overlaps included. Time is linear in the worst case: both may be made to be slow, and
 * this runs on the gateway's own thread. Throws `too_large` past 100,000 places.
 */
export function occurrences(text: string, wanted: string): number[] {
  const found: number[] = [];
  const add = (at: number) => {
    if (found.push(at) <= mostFound) return;
    throw new GatewayError(
      'too_large',
      `oldText occurs more than ${mostFound} times. Nothing was changed; give a longer oldText, or use write_file.`,
    );
  };
  if (text.length * wanted.length <= smallProduct) {
    for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) add(at);
  } else searchLinearly(text, wanted, add);
  return found;
}

/** Knuth, Morris and Pratt's search. */
function searchLinearly(text: string, wanted: string, add: (at: number) => void): void {
  const borders = bordersOf(wanted);
  let matched = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    while (matched > 0 && wanted.charCodeAt(matched) !== code) matched = borders[matched] ?? 0;
    if (wanted.charCodeAt(matched) === code) matched++;
    if (matched < wanted.length) continue;
    add(at - matched + 1);
    matched = borders[matched] ?? 0;
  }
}

/** For each length of a beginning of the text, the longest shorter beginning that it also ends with. */
function bordersOf(wanted: string): Int32Array {
  const borders = new Int32Array(wanted.length + 1);
  let border = 0;
  for (let at = 1; at < wanted.length; at++) {
    const code = wanted.charCodeAt(at);
    while (border > 0 && wanted.charCodeAt(border) !== code) border = borders[border] ?? 0;
    if (wanted.charCodeAt(border) === code) border++;
    borders[at + 1] = border;
  }
  return borders;
}

/** The numbers of the lines that the first of some places, in order, are on. */
export function linesAt(text: string, places: readonly number[], most: number): number[] {
  const lines: number[] = [];
  let line = 1;
  let next = text.indexOf('\n');
  for (const place of places) {
    while (next !== -1 && next < place) {
      line++;
      next = text.indexOf('\n', next + 1);
    }
    if (lines.at(-1) !== line && lines.push(line) === most) break;
  }
  return lines;
}
