import { SequenceSearch } from './sequence-search.ts';

/** Where lines stand in a text, their indentation and trailing spaces aside. */
export interface BareMatch {
  /** From 1. */
  readonly line: number;
  /** Of the first line's first character, or of the line end before it where that is looked for too. */
  readonly start: number;
  /** Of the last line's end, its line end included only where that is looked for too. */
  readonly end: number;
}

/** Whole lines, and whether the line ends around them are part of what is looked for. */
export interface WholeLines {
  readonly lines: readonly string[];
  readonly before: boolean;
  readonly after: boolean;
}

/**
 * A text as whole lines: a line end at its edge belongs to the line beside it, and is no empty line of its own that only
 * some places have. What is between it and the edge is indentation or trailing space.
 */
export function wholeLines(text: string): WholeLines {
  const lines = text.split('\n');
  const isBlank = (line: string | undefined) => line?.trim() === '';
  const after = lines.length > 1 && isBlank(lines.at(-1));
  if (after) lines.pop();
  const before = lines.length > 1 && isBlank(lines[0]);
  if (before) lines.shift();
  return { lines, before, after };
}

/**
 * Finds whole lines without their indentation, in linear time; no line of the text is kept. A last line of the text
 * that has no line end is a line like the others.
 */
export function findBareLines(
  text: string,
  { lines: wanted, before, after }: WholeLines,
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
  for (let from = 0; from < text.length; ) {
    const found = text.indexOf('\n', from);
    const end = found === -1 ? text.length : found;
    line++;
    const meets = search.meets(numbers.get(text.slice(from, end).trim()) ?? -1);
    const isFirst = line === codes.length;
    if (meets && !(before && isFirst)) {
      count++;
      if (first.length < most) {
        const start = startOf(text, end, codes.length) - (before ? 1 : 0);
        first.push({ line: line - codes.length + 1, start, end: after && found !== -1 ? end + 1 : end });
      }
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
