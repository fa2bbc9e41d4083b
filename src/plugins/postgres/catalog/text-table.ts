import type { Unavailable } from './unavailable.ts';

/** Characters that would break a line, move the cursor or turn the reading direction. */
const unprintable = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text on one line, whatever is in it: control and direction characters are shown as escapes. */
export function oneLine(text: string): string {
  return text.replaceAll(
    unprintable,
    (character) => shortEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One value of a table for a model; nothing for null. */
export type Cell = string | number | boolean | null | undefined;

/** Tab-separated lines under their headings. A column that is empty in every row is left out. */
export function textTable(headings: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const used = headings.flatMap((_, index) => (rows.some((row) => cellText(row[index]) !== '') ? [index] : []));
  const line = (cells: readonly Cell[]) => used.map((index) => cellText(cells[index])).join('\t');
  return [line(headings), ...rows.map(line)];
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return oneLine(String(cell));
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** A size for a reader: two or three significant digits, with 1024 bytes to the kB as PostgreSQL's pg_size_pretty has it. */
export function sizeText(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return '';
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** At most `length` characters, with an ellipsis where there was more. Never cuts a surrogate pair. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

export function unavailableLines(entries: readonly Unavailable[]): string[] {
  return entries.map(({ what, why, fix }) => oneLine(`unavailable: ${what}: ${sentence(why)} Fix: ${fix}`));
}
