import { changedPart } from './changed-part.ts';
import { withLf } from './line-ends.ts';

const longestDiff = 200_000;
/** Characters of two texts up to which they are compared whole; of larger ones only what is between equal ends. */
const mostWhole = 262_144;
/** Characters that are compared: the lines of both are kept apart in memory before the time is looked at. */
const mostCompared = 4_194_304;
/** The gateway's own thread makes diffs, and does nothing else meanwhile. */
const diffMs = 200;

/** A unified diff of two texts, line ends aside; where it would take too long, a line that says so. */
export async function unifiedDiff(
  before: string,
  after: string,
  path: string,
  context = 4,
  otherPath = path,
): Promise<string> {
  const { structuredPatch, formatPatch } = await import('diff');
  const names = oneLine(path);
  const otherNames = oneLine(otherPath);
  const tooMuch = (why: string) => `--- ${names}\n+++ ${otherNames}\n(the files differ too much for a diff${why})\n`;
  const [old, fresh] = [withLf(before), withLf(after)];
  const isLarge = old.length + fresh.length > mostWhole;
  const part = isLarge ? changedPart(old, fresh, context) : { before: old, after: fresh, skipped: 0 };
  if (part.before.length + part.after.length > mostCompared)
    return tooMuch(`: it shows at most ${mostCompared} characters`);
  const options = { context, timeout: diffMs };
  const found = structuredPatch(names, otherNames, part.before, part.after, 'original', 'modified', options);
  if (found === undefined) return tooMuch(` in ${diffMs} ms`);
  for (const hunk of found.hunks) {
    hunk.oldStart += part.skipped;
    hunk.newStart += part.skipped;
  }
  const patch = formatPatch(found);
  if (patch.length <= longestDiff) return patch;
  return `${patch.slice(0, longestDiff)}\n(diff cut at ${longestDiff} of ${patch.length} characters)\n`;
}

/** The diff in a fence that its own text cannot close, as the reference server writes it. */
export function fencedDiff(diff: string): string {
  let fence = '```';
  while (diff.includes(fence)) fence += '`';
  return `${fence}diff\n${diff}${fence}\n\n`;
}

function oneLine(path: string): string {
  return path.replaceAll(/[\r\n\t]/g, ' ');
}
