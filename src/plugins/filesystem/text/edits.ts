import { GatewayError } from '../../../core/errors.ts';
import { LineEndView, type Replacement } from './line-ends.ts';
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

/**
 * Applies edits one after the other, each to the result of the one before, as the reference server does, with two
 * differences: a text that occurs more than once is an error naming its lines, and line ends stay the file's own.
 */
export function applyEdits(original: string, edits: readonly Edit[]): EditOutcome {
  let text = original;
  let matches = 0;
  let fuzzy = 0;
  for (const edit of edits) {
    const outcome = applyOne(text, edit);
    text = outcome.text;
    matches += outcome.matches;
    fuzzy += outcome.fuzzy;
  }
  return { text, matches, fuzzy };
}

function applyOne(text: string, edit: Edit): EditOutcome {
  if (edit.oldText === '') {
    throw new GatewayError('invalid_input', 'oldText is empty. Give the text to replace, or use write_file.');
  }
  const view = new LineEndView(text);
  const wanted = edit.oldText.replaceAll('\r\n', '\n');
  const found = occurrences(view.text, wanted);
  if (found.length === 0) return applyByLines(view, edit, wanted);
  const ranges = apart(found, wanted.length, edit.newText);
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

/** Matches as ranges; of those that overlap, the first counts. */
function apart(found: readonly number[], length: number, text: string): Replacement[] {
  const ranges: Replacement[] = [];
  for (const start of found) if (start >= (ranges.at(-1)?.end ?? 0)) ranges.push({ start, end: start + length, text });
  return ranges;
}

/** The reference server's second try: whole lines compared without their indentation, the file's indentation kept. */
function applyByLines(view: LineEndView, edit: Edit, wanted: string): EditOutcome {
  const oldLines = wanted.split('\n');
  const trimmed = oldLines.map((line) => line.trim());
  const lines = view.text.split('\n');
  const bare = lines.map((line) => line.trim());
  const found: number[] = [];
  for (let i = 0; i + trimmed.length <= bare.length; i++) {
    if (trimmed.every((line, j) => line === bare[i + j])) found.push(i);
  }
  const [first] = found;
  if (first === undefined || trimmed.every((line) => line === '')) {
    throw new GatewayError('invalid_input', `Could not find exact match for edit:\n${edit.oldText}`);
  }
  if (found.length > 1)
    throw ambiguous(
      edit,
      found.length,
      `${linesNamed(found.slice(0, mostLinesNamed + 1).map((line) => line + 1))}, indentation aside`,
    );
  const start = lines.slice(0, first).reduce((sum, line) => sum + line.length + 1, 0);
  const length = lines.slice(first, first + oldLines.length).join('\n').length;
  const replacement = reindent(edit.newText.replaceAll('\r\n', '\n'), oldLines, indentOf(lines[first] ?? ''));
  return { text: view.replace([{ start, end: start + length, text: replacement }]), matches: 1, fuzzy: 1 };
}

function reindent(newText: string, oldLines: readonly string[], indent: string): string {
  return newText
    .split('\n')
    .map((line, j) => {
      if (j === 0) return indent + line.trimStart();
      const oldIndent = indentOf(oldLines[j] ?? '');
      const newIndent = indentOf(line);
      if (oldIndent === '' || newIndent === '') return line;
      return indent + ' '.repeat(Math.max(0, newIndent.length - oldIndent.length)) + line.trimStart();
    })
    .join('\n');
}

function indentOf(line: string): string {
  return /^\s*/.exec(line)?.[0] ?? '';
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

function notApplied(why: string, { oldText }: Edit): GatewayError {
  const shown = oldText.length > longestShown ? `${oldText.slice(0, longestShown)}…` : oldText;
  return new GatewayError('invalid_input', `${why}. Nothing was changed. oldText:\n${shown}`);
}
