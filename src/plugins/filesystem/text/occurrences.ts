import { GatewayError } from '../../../core/errors.ts';
import { SequenceSearch } from './sequence-search.ts';

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

function searchLinearly(text: string, wanted: string, add: (at: number) => void): void {
  const search = new SequenceSearch(wanted.length, (at) => wanted.charCodeAt(at));
  for (let at = 0; at < text.length; at++) if (search.meets(text.charCodeAt(at))) add(at - wanted.length + 1);
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
