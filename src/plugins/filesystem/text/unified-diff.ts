import { withLf } from './line-ends.ts';

const longestDiff = 200_000;
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
  const { createTwoFilesPatch } = await import('diff');
  const names = oneLine(path);
  const otherNames = oneLine(otherPath);
  const patch = createTwoFilesPatch(names, otherNames, withLf(before), withLf(after), 'original', 'modified', {
    context,
    timeout: diffMs,
  });
  if (patch === undefined)
    return `--- ${names}\n+++ ${otherNames}\n(the files differ too much for a diff in ${diffMs} ms)\n`;
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
