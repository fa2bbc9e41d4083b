import { LineEndView, type Replacement } from './line-end-view.ts';
import { type FilePatch, type Hunk, unusable } from './read-patch.ts';

const mostPlacesNamed = 20;
/** Lines that are compared for the hunks of one file: those of a patch that was made from it are found at once. */
const mostComparisons = 20_000_000;

export interface PatchedText {
  readonly text: string;
  /** Hunks that were not where the patch says: `line` is where they were, from 1. */
  readonly moved: readonly { readonly hunk: number; readonly line: number; readonly offset: number }[];
}

/** The text with every hunk applied where its lines are; throws `invalid_input` naming the first hunk that fits nowhere. */
export function applyHunks(original: string, { path, hunks, hasOwnCr }: FilePatch, maxLength: number): PatchedText {
  const view = new LineEndView(original);
  const lines = linesOf(view.text);
  // A file without line ends has none to keep: those of the patch are what it says.
  const keepsCr = hasOwnCr && !view.hasLineEnds;
  const starts = offsetsOf(lines);
  const replacements: Replacement[] = [];
  const moved: PatchedText['moved'][number][] = [];
  let from = 0;
  let drift = 0;
  const budget = { comparisons: mostComparisons };
  for (const [index, hunk] of hunks.entries()) {
    const runs = runsOf(hunk, view, keepsCr);
    const before = runs.flatMap((run) => run.before);
    const stated = hunk.oldStart - 1; // for one without old lines too: the parser counts it like the others
    const name = `hunk ${index + 1} of ${path} (line ${hunk.oldStart})`;
    const at = findLines(lines, before, stated + drift, { from, budget, name });
    if (at === undefined) {
      throw unusable(`${name} ${misfit(lines, before, { from, budget, name })}`);
    }
    drift = at - stated;
    if (drift !== 0) moved.push({ hunk: index + 1, line: at + 1, offset: drift });
    from = at + before.length;
    const changes = changesOf(runs, at, starts);
    if (changes.some((change) => joinsLines(view.text, change)))
      throw unusable(`${name} leaves out a line end between two lines; make it anew from the file`);
    replacements.push(...changes);
  }
  return { text: view.replace(replacements, maxLength), moved };
}

/** The lines with their line ends; a text without a final one has a last line without. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function offsetsOf(lines: readonly string[]): number[] {
  const offsets = [0];
  for (const line of lines) offsets.push((offsets.at(-1) ?? 0) + line.length);
  return offsets;
}

/** Lines of a hunk that stay (`before` and `after` are the same), or that others replace. */
interface Run {
  readonly before: string[];
  readonly after: string[];
  readonly stays: boolean;
}

function runsOf({ lines }: Hunk, view: LineEndView, keepsCr: boolean): Run[] {
  const runs: Run[] = [];
  for (const [index, line] of lines.entries()) {
    const mark = line[0];
    if (mark === '\\') continue;
    const stays = mark !== '+' && mark !== '-';
    const last = runs.at(-1);
    const run = last?.stays === stays ? last : { before: [], after: [], stays };
    if (run !== last) runs.push(run);
    const seen = keepsCr
      ? exactLines(line.slice(1), lines[index + 1])
      : seenLines(line.slice(1), lines[index + 1], view);
    if (mark !== '+') run.before.push(...seen);
    if (mark !== '-') run.after.push(...seen);
  }
  return runs;
}

/**
 * A hunk's line as the file's are seen: one, but where CR ends them. A CR at its end is the line end's; of a line without
 * one it is the patch's own where the note that says so has it too, and otherwise a character.
 */
function seenLines(line: string, next: string | undefined, view: LineEndView): string[] {
  const hasEnd = next?.startsWith('\\') !== true;
  const content = hasEnd || next.endsWith('\r') ? line.replace(/\r$/, '') : line;
  return linesOf(view.asSeen(content) + (hasEnd ? '\n' : ''));
}

/** A hunk's line as it stands in the patch. */
function exactLines(line: string, next: string | undefined): string[] {
  return [next?.startsWith('\\') === true ? line : `${line}\n`];
}

/**
 * Where the lines stand: where they are expected, or else the only other place after the hunk before. Throws, naming
 * them, where they fit at several.
 */
function findLines(
  lines: readonly string[],
  wanted: readonly string[],
  expected: number,
  { from, budget, name }: { from: number; budget: { comparisons: number }; name: string },
): number | undefined {
  const fits = (at: number) => {
    let same = 0;
    while (same < wanted.length && lines[at + same] === wanted[same]) same++;
    budget.comparisons -= same + 1;
    if (budget.comparisons < 0) throw unusable('its hunks are too far from where they say; make it anew from the file');
    return same === wanted.length;
  };
  if (expected >= from && expected <= lines.length && fits(expected)) return expected;
  if (wanted.length === 0) return undefined; // what goes in between no known lines can only go where the patch says
  const found: number[] = [];
  for (let at = from; at + wanted.length <= lines.length && found.length <= mostPlacesNamed; at++) {
    if (fits(at)) found.push(at);
  }
  if (found.length <= 1) return found[0];
  const named = found.slice(0, mostPlacesNamed).map((at) => at + 1);
  const more = found.length > mostPlacesNamed ? ', …' : '';
  throw unusable(
    `${name} is not where it says, and fits at lines ${named.join(', ')}${more}; make it anew from the file, or with more lines of context`,
  );
}

/** Why lines stand nowhere: for their last line's end alone, or for what they say. */
function misfit(lines: readonly string[], wanted: readonly string[], where: Parameters<typeof findLines>[3]): string {
  const last = wanted.at(-1) ?? '';
  const hasEnd = last.endsWith('\n');
  const other = [...wanted.slice(0, -1), hasEnd ? last.slice(0, -1) : `${last}\n`];
  const at = lines.length - other.length;
  if (last === '' || findLines(lines, other, at, { ...where, from: Math.max(at, where.from) }) !== at)
    return 'does not match the file; read it again';
  return hasEnd
    ? 'differs from the file only in the end of its last line: the file has no newline there. Put "\\ No newline at end of file" after that line'
    : 'differs from the file only in the end of its last line: the file has a newline there. Leave out "\\ No newline at end of file"';
}

/** One range for each run that changes, so that the lines between them are not touched. */
function changesOf(runs: readonly Run[], at: number, starts: readonly number[]): Replacement[] {
  const changes: Replacement[] = [];
  let line = at;
  for (const { before, after, stays } of runs) {
    const start = starts[line] ?? 0;
    line += before.length;
    if (!stays) changes.push({ start, end: starts[line] ?? start, text: after.join('') });
  }
  return changes;
}

/** A last line without a line end has to be the file's last, too. */
function joinsLines(seen: string, { start, end, text }: Replacement): boolean {
  if (text === '') return false;
  return (start > 0 && seen[start - 1] !== '\n') || (end < seen.length && !text.endsWith('\n'));
}
