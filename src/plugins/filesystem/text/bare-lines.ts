import { SequenceSearch } from './sequence-search.ts';

/** Where lines stand in a text, their indentation and trailing spaces aside. */
export interface BareMatch {
  /** From 1. */
  readonly line: number;
  /** Of the first line's first character. */
  readonly start: number;
  /** Of the last line's end, its line end not included. */
  readonly end: number;
}

/** Finds whole lines without their indentation, in linear time; no line of the text is kept. */
export function findBareLines(
  text: string,
  wanted: readonly string[],
  most: number,
): { first: BareMatch[]; count: number } {
  const numbers = new Map<string, number>();
  const codes = wanted.map((line) => {
    const bare = line.trim();
    const number = numbers.get(bare) ?? numbers.size;
    numbers.set(bare, number);
    return number;
  });
  const longest = [...numbers.keys()].reduce((one, other) => (other.length > one.length ? other : one), '');
  if (longest === '' || !text.includes(longest)) return { first: [], count: 0 };
  const search = new SequenceSearch(codes.length, (at) => codes[at] ?? -1);
  const first: BareMatch[] = [];
  let count = 0;
  let line = 0;
  for (let from = 0; from <= text.length; ) {
    const found = text.indexOf('\n', from);
    const end = found === -1 ? text.length : found;
    line++;
    if (search.meets(numbers.get(text.slice(from, end).trim()) ?? -1)) {
      count++;
      if (first.length < most)
        first.push({ line: line - codes.length + 1, start: startOf(text, end, codes.length), end });
    }
    from = end + 1;
  }
  return { first, count };
}

/** Where the last `lines` lines of what ends at `end` begin. */
function startOf(text: string, end: number, lines: number): number {
  let start = end;
  for (let i = 0; i < lines; i++) start = start <= 0 ? -1 : text.lastIndexOf('\n', start - 1);
  return start + 1;
}
