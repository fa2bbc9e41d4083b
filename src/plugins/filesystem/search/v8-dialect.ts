import { inAnyCase, type Range } from './letter-case.ts';
import { piecesOf } from './plain-pattern.ts';

/** As RE2 has them: ASCII only, and no vertical tab in white space. */
const classes: Readonly<Record<string, readonly Range[]>> = {
  d: [[0x30, 0x39]],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  s: [
    [0x09, 0x0a],
    [0x0c, 0x0d],
    [0x20, 0x20],
  ],
};

const places: Readonly<Record<string, string>> = { '^': '(?<![^\\n])', $: '(?![^\\n])', '\\b': '\\b', '\\B': '\\B' };
/** Not between the halves of a surrogate pair, where V8 looks for empty matches even with flag u. */
const betweenCharacters = '(?=[^]|$)';
const controls: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v' };
const lastCode = 0x10ffff;

/**
 * A plain pattern written so that V8 (flag m, and u where `unicode`) finds what RE2 finds: its dot, its line ends, its
 * white space and above all its letters in other cases are not RE2's, so every case is written out. Without u for texts
 * that have no surrogates. Undefined where it cannot be written.
 */
export function forV8(pattern: string, caseSensitive: boolean, unicode: boolean): string | undefined {
  const known = new Map<string, string | undefined>();
  const pieces: string[] = [];
  for (const [text] of piecesOf(pattern) ?? []) {
    if (!known.has(text)) known.set(text, oneForV8(text, caseSensitive, unicode));
    const one = known.get(text);
    if (one === undefined) return undefined;
    pieces.push(one);
  }
  return pieces.join('');
}

/**
 * Whether a plain pattern has a piece that may take one half of a surrogate pair without flag u, or the place between
 * the halves.
 */
export function needsUnicode(pattern: string): boolean {
  return (piecesOf(pattern) ?? []).some(([text]) => {
    if (text === '.' || text === '\\B' || text.startsWith('[^') || /^\\[DWS]$/.test(text)) return true;
    const ranges = text.startsWith('[') ? members(text.slice(1, -1), true) : [[codeOf(text), codeOf(text)] as const];
    return ranges?.some(([first, last]) => last > 0xffff || (first < 0xe000 && last >= 0xd800)) === true;
  });
}

function oneForV8(text: string, caseSensitive: boolean, unicode: boolean): string | undefined {
  if (text === '.') return '[^\\n]';
  if (text.startsWith('[')) return bracket(text, caseSensitive, unicode);
  if (/^\\[dDwWsS]$/.test(text)) return bracket(`[${text}]`, caseSensitive, unicode);
  const place = places[text];
  if (place !== undefined) return unicode ? `${place}${betweenCharacters}` : place;
  if (/^[()|*+?{]/.test(text)) return text;
  return literal(codeOf(text), caseSensitive, unicode);
}

function literal(code: number, caseSensitive: boolean, unicode: boolean): string {
  const cases = caseSensitive ? [] : inAnyCase([[code, code]]);
  return setOf([[code, code], ...cases], unicode);
}

function bracket(text: string, caseSensitive: boolean, unicode: boolean): string | undefined {
  const isNegated = text.startsWith('[^');
  const ranges = members(text.slice(isNegated ? 2 : 1, -1), caseSensitive);
  return ranges && setOf(caseSensitive ? ranges : [...ranges, ...inAnyCase(ranges)], unicode, isNegated);
}

/** What stands in a bracket; undefined where a class is the end of a range. */
function members(inside: string, caseSensitive: boolean): Range[] | undefined {
  const tokens = inside.match(/\\.|./gsu) ?? [];
  const ranges: Range[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? '';
    const last = tokens[at + 1] === '-' ? tokens[at + 2] : undefined;
    if (/^\\[dDwWsS]$/.test(token)) ranges.push(...classOf(token, caseSensitive));
    else if (last === undefined) ranges.push([codeOf(token), codeOf(token)]);
    else if (/^\\[dDwWsS]$/.test(last)) return undefined;
    else {
      ranges.push([codeOf(token), codeOf(last)]);
      at += 2;
    }
  }
  return ranges;
}

function classOf(token: string, caseSensitive: boolean): readonly Range[] {
  const name = token.slice(1);
  const ranges = classes[name.toLowerCase()] ?? [];
  if (name in classes) return ranges;
  return allBut(caseSensitive ? ranges : [...ranges, ...inAnyCase(ranges)]);
}

function allBut(ranges: readonly Range[]): Range[] {
  const others: Range[] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    if (first > next) others.push([next, first - 1]);
    next = last + 1;
  }
  return [...others, [next, lastCode]];
}

function codeOf(text: string): number {
  const character = text.startsWith('\\') ? (controls[text.slice(1)] ?? text.slice(1)) : text;
  return character.codePointAt(0) ?? 0;
}

function setOf(ranges: readonly Range[], unicode: boolean, isNegated = false): string {
  const highest = unicode ? lastCode : 0xffff;
  const inside = ranges
    .filter(([first]) => first <= highest)
    .map(([first, last]) =>
      first === last ? written(first) : `${written(first)}-${written(Math.min(last, highest))}`,
    );
  const [one = ''] = inside;
  return inside.length === 1 && one.length <= 6 && !isNegated ? one : `[${isNegated ? '^' : ''}${inside.join('')}]`;
}

/** A character as V8 takes it with and without flag u; above U+FFFF only with it. */
function written(code: number): string {
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
