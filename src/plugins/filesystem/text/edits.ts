import { GatewayError } from '../../../core/errors.ts';
import { findBareLines } from './bare-lines.ts';
import { reindent } from './indentation.ts';
import { LineEndView, type Replacement } from './line-end-view.ts';
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

interface Work {
  byLines: number;
}

/**
 * Applies edits one after the other, each to the result of the one before, as the reference server does, with two
 * differences: a text that occurs more than once is an error naming its lines, and line ends stay the file's own.
 */
export function applyEdits(original: string, edits: readonly Edit[]): EditOutcome {
  let text = original;
  let matches = 0;
  let fuzzy = 0;
  const work: Work = { byLines: 0 };
  for (const edit of edits) {
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
  const ranges = apart(found, length, newText).map((range) =>
    endsInCr ? range : { ...range, text: withoutHalfEnd(view, newText, range.end) },
  );
  const lines = () => linesNamed(linesAt(view.text, found, mostLinesNamed + 1));
  if (edit.expected !== undefined && edit.expected !== ranges.length) {
    throw notApplied(
      `oldText has ${matches(ranges.length)} (${lines()}), where the edit expected ${edit.expected}. Correct expected, or oldText`,
      edit,
    );
  }
  if (found.length > 1 && edit.replaceAll !== true && edit.expected === undefined)
    throw ambiguous(edit, found.length, lines());
  return { text: view.replace(ranges), matches: ranges.length, fuzzy: 0 };
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

/** Matches as ranges; of those that overlap, the first counts. */
function apart(found: readonly number[], length: number, text: string): Replacement[] {
  const ranges: Replacement[] = [];
  for (const start of found) if (start >= (ranges.at(-1)?.end ?? 0)) ranges.push({ start, end: start + length, text });
  return ranges;
}

/** The reference server's second try: whole lines compared without their indentation, the file's indentation kept. */
function applyByLines(view: LineEndView, edit: Edit, wanted: string, work: Work): EditOutcome {
  const oldLines = wanted.split('\n');
  work.byLines += view.text.length + wanted.length;
  if (work.byLines > mostByLines) {
    throw notApplied(
      'Could not find exact match for edit, and no more edits of this call are looked for without their indentation: make fewer in one call',
      edit,
      'too_large',
    );
  }
  const { first, count } = findBareLines(view.text, oldLines, mostLinesNamed + 1);
  const [match] = first;
  if (match === undefined) {
    throw new GatewayError('invalid_input', `Could not find exact match for edit:\n${shown(edit.oldText)}`);
  }
  if (count > 1) throw ambiguous(edit, count, `${linesNamed(first.map(({ line }) => line))}, indentation aside`);
  const fileLines = view.text.slice(match.start, match.end).split('\n');
  const ends = lineEndOf(edit.newText);
  const newLines = withoutHalfEnd(view, view.hasLineEnds ? view.asSeen(edit.newText) : withLf(edit.newText), match.end);
  const indented = reindent(newLines.split('\n'), oldLines, fileLines).join('\n');
  const text = view.hasLineEnds || ends === 'mixed' || ends === 'none' ? indented : withLineEnd(indented, ends);
  return { text: view.replace([{ start: match.start, end: match.end, text }]), matches: 1, fuzzy: 1 };
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
