import { RE2JS } from 're2js';

/** First and last code point. */
export type Range = readonly [number, number];

/** What RE2 may take for an ASCII letter in another case: long s and the Kelvin sign fold to `s` and `k`. */
const asciiLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\u017f\u212a';
const lastLetter = 0x1ffff;

let everyLetter: string | undefined;

/**
 * The letters that RE2 takes for one of these where case does not count, as RE2 itself says: V8's own folding is another,
 * with and without its flag `u`.
 */
export function inAnyCase(ranges: readonly Range[]): Range[] {
  const isAscii = ranges.every(([, last]) => last < 0x80);
  const letters = isAscii ? asciiLetters : lettersWithCase();
  const members = ranges.map(([first, last]) => `\\x{${first.toString(16)}}-\\x{${last.toString(16)}}`);
  const matcher = RE2JS.compile(`[${members.join('')}]`, RE2JS.CASE_INSENSITIVE).matcher(letters);
  const found: Range[] = [];
  while (matcher.find()) {
    const code = letters.codePointAt(matcher.start()) ?? 0;
    if (!ranges.some(([first, last]) => first <= code && code <= last)) found.push([code, code]);
  }
  return found;
}

function lettersWithCase(): string {
  if (everyLetter !== undefined) return everyLetter;
  const letters: string[] = [];
  for (let code = 0x41; code <= lastLetter; code++) {
    const letter = String.fromCodePoint(code);
    if (letter.toLowerCase() !== letter || letter.toUpperCase() !== letter) letters.push(letter);
  }
  everyLetter = letters.join('');
  return everyLetter;
}
