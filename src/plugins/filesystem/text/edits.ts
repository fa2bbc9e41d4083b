import { GatewayError } from '../../../core/errors.ts';
import { type BareMatch, findBareLines, type WholeLines, wholeLines } from './bare-lines.ts';
import { reindent } from './indentation.ts';
import { LineEndView, requireLength } from './line-end-view.ts';
import { lineEndOf, withLf, withLineEnd } from './line-ends.ts';
import { linesAt, occurrences } from './occurrences.ts';

export interface Edit {
  readonly oldText: string;
  readonly newText: string;
  readonly replaceAll?: boolean | undefined;
  /** How many places the caller knows of; all of them are replaced. */
  readonly expected?: number | undefined;
}

export interface EditOutcome {
  readonly text: string;
  /** Places replaced, over all edits. */
  readonly matches: number;
  /** Edits that matched only when indentation was ignored. */
  readonly fuzzy: number;
}

const mostLinesNamed = 20;
const longestShown = 1000;
/** Characters that the edits of one call may look through line by line, on the gateway's own thread. */
const mostByLines = 67_108_864;
const mostReplacedByLines = 100_000;
/** Characters that the edits of one call may look through in all: each looks through the whole text. */
const mostLooked = 268_435_456;

/** What one call may still do. */
interface Work {
  byLines: number;
  looked: number;
  readonly maxLength: number;
}

/**
 * Applies edits one after the other, each to the result of the one before, as the reference server does, with two
 * differences: a text that occurs more than once is an error naming its lines, and line ends stay the file's own. Throws
 * `too_large` before it builds a text of more than `maxLength` characters.
 */
export function applyEdits(original: string, edits: readonly Edit[], maxLength: number): EditOutcome {
  let text = original;
  let matches = 0;
  let fuzzy = 0;
  const work: Work = { byLines: 0, looked: 0, maxLength };
  for (const [index, edit] of edits.entries()) {
    if (work.looked + text.length * (edits.length - index) > mostLooked) {
      throw new GatewayError('too_large', 'Too many edits for a file of this size. Make fewer in one call.');
    }
    work.looked += text.length;
    const outcome = applyOne(text, edit, work);
    text = outcome.text;
    matches += outcome.matches;
    fuzzy += outcome.fuzzy;
  }
  return { text, matches, fuzzy };
}

function applyOne(text: string, edit: Edit, work: Work): EditOutcome {
  if (edit.oldText === '') {
    throw new GatewayError('invalid_input', 'oldText is empty. Give the text to replace, or use write_file.');
  }
  const view = new LineEndView(text);
  const wanted = view.asSeen(edit.oldText);
  const { found, length } = placesOf(view, wanted);
  if (found.length === 0) return applyByLines(view, edit, wanted, work);
  const newText = view.asSeen(edit.newText);
  const endsInCr = view.text[(found[0] ?? 0) + length - 1] === '\r';
  const ranges = apart(found.map((start) => ({ start, end: start + length }))).map((range) => ({
    ...range,
    text: endsInCr ? newText : withoutHalfEnd(view, newText, range.end),
  }));
  requireAllowed(edit, found.length, ranges.length, () => linesNamed(linesAt(view.text, found, mostLinesNamed + 1)));
  return { text: view.replace(ranges, work.maxLength), matches: ranges.length, fuzzy: 0 };
}

/** Throws where an edit fits at other than the places that it allows for. */
function requireAllowed(edit: Edit, found: number, apart: number, lines: () => string): void {
  if (edit.expected !== undefined && edit.expected !== apart) {
    throw notApplied(
      `oldText has ${matches(apart)} (${lines()}), where the edit expected ${edit.expected}. Correct expected, or oldText`,
      edit,
    );
  }
  if (found > 1 && !replacesAll(edit)) throw ambiguous(edit, found, lines());
}

function replacesAll({ replaceAll, expected }: Edit): boolean {
  return replaceAll === true || expected !== undefined;
}

/** Where the text is; a CR at its end may also be the half of a line end. */
function placesOf(view: LineEndView, wanted: string): { found: number[]; length: number } {
  const found = occurrences(view.text, wanted);
  if (found.length > 0 || wanted.length < 2 || !wanted.endsWith('\r')) return { found, length: wanted.length };
  const length = wanted.length - 1;
  return { found: occurrences(view.text, `${wanted.slice(0, -1)}\n`), length };
}

/** Without a CR at its end, where the file's line end follows and is written whole. */
function withoutHalfEnd(view: LineEndView, text: string, end: number): string {
  return text.endsWith('\r') && view.text[end] === '\n' ? text.slice(0, -1) : text;
}

/** Of places that overlap, the first counts. */
function apart<T extends { readonly start: number; readonly end: number }>(places: readonly T[]): T[] {
  let end = 0;
  return places.filter((place) => {
    const isApart = place.start >= end;
    if (isApart) end = place.end;
    return isApart;
  });
}

/** The reference server's second try: whole lines compared without their indentation, the file's indentation kept. */
function applyByLines(view: LineEndView, edit: Edit, wanted: string, work: Work): EditOutcome {
  const old = wholeLines(wanted);
  spendByLines(edit, work, view.text.length + wanted.length);
  const most = replacesAll(edit) ? mostReplacedByLines : mostLinesNamed;
  const { first, count } = findBareLines(view.text, old, most + 1);
  if (count === 0) {
    throw new GatewayError('invalid_input', `Could not find exact match for edit:\n${shown(edit.oldText)}`);
  }
  if (replacesAll(edit) && count > most) throw notApplied(`oldText has ${matches(count)}`, edit, 'too_large');
  const places = apart(first);
  requireAllowed(edit, count, places.length, () => {
    const lines = first.slice(0, mostLinesNamed + 1).map(({ line }) => line);
    return `${linesNamed(lines)}, indentation aside`;
  });
  const newText = view.hasLineEnds ? view.asSeen(edit.newText) : withLf(edit.newText);
  requireLength(places.length * newText.trim().length, work.maxLength);
  const newLines = newText.split('\n').length;
  spendByLines(edit, work, places.length * (newText.length + old.lines.length * newLines));
  const ranges = places.map((place) => {
    const text = indentedAt(view, place, old, withoutHalfEnd(view, newText, place.end));
    return { ...place, text: withOwnEnds(view, text, edit.newText) };
  });
  return { text: view.replace(ranges, work.maxLength), matches: places.length, fuzzy: 1 };
}

function spendByLines(edit: Edit, work: Work, characters: number): void {
  work.byLines += characters;
  if (work.byLines <= mostByLines) return;
  throw notApplied(
    'Could not find exact match for edit, and no more edits of this call are looked for without their indentation: make fewer in one call',
    edit,
    'too_large',
  );
}

/** The new text as deep as the lines that it replaces; of the line ends at its edges those stay that are replaced. */
function indentedAt(view: LineEndView, { start, end }: BareMatch, old: WholeLines, text: string): string {
  const file = view.text.slice(start, end);
  const hasEnd = old.after && file.endsWith('\n');
  const fileLines = file.slice(old.before ? 1 : 0, hasEnd ? -1 : undefined).split('\n');
  const fresh = text.split('\n');
  const closes = old.after && fresh.length > 1 && fresh.at(-1)?.trim() === '';
  if (closes) fresh.pop();
  const opens = old.before && fresh.length > 1 && fresh[0]?.trim() === '';
  if (opens) fresh.shift();
  const indented = reindent(fresh, old.lines, fileLines).join('\n');
  return `${opens ? '\n' : ''}${indented}${closes && hasEnd ? '\n' : ''}`;
}

/** In a file without line ends, those of the new text. */
function withOwnEnds(view: LineEndView, text: string, newText: string): string {
  const ends = lineEndOf(newText);
  return view.hasLineEnds || ends === 'mixed' || ends === 'none' ? text : withLineEnd(text, ends);
}

function linesNamed(lines: readonly number[]): string {
  const more = lines.length > mostLinesNamed ? ', …' : '';
  return `${lines.length === 1 ? 'line' : 'lines'} ${lines.slice(0, mostLinesNamed).join(', ')}${more}`;
}

function matches(count: number): string {
  return count === 1 ? '1 match' : `${count} matches`;
}

function ambiguous(edit: Edit, count: number, lines: string): GatewayError {
  return notApplied(
    `Ambiguous edit: oldText has ${matches(count)}, at ${lines}. Add the lines around the one you mean to oldText, or set replaceAll, or expected: ${count}`,
    edit,
  );
}

function notApplied(
  why: string,
  { oldText }: Edit,
  code: 'invalid_input' | 'too_large' = 'invalid_input',
): GatewayError {
  return new GatewayError(code, `${why}. Nothing was changed. oldText:\n${shown(oldText)}`);
}

function shown(oldText: string): string {
  return oldText.length > longestShown ? `${oldText.slice(0, longestShown)}…` : oldText;
}
