import { lineEndOf, withLf } from './line-ends.ts';

const mostNamed = 20;

/** What a diff that leaves line ends aside does not show: which the texts have, and where they differ if nothing else does. */
export function lineEndNotes(a: string, b: string): string[] {
  if (a === b) return [];
  const [left, right] = [lineEndOf(a), lineEndOf(b)];
  const kinds = left === right ? `both are ${left}` : `${left} and ${right}`;
  if (withLf(a) === withLf(b)) {
    const where = left === 'mixed' || right === 'mixed' ? `, at ${linesNamed(a, b)}` : '';
    return [`Only line ends differ: ${kinds}${where}.`];
  }
  if (left !== right) return [`Line ends differ: ${kinds}.`];
  return left === 'mixed' ? ['Line ends are mixed in both, and the diff does not show them.'] : [];
}

/** The lines, of texts that are the same but for line ends, whose line ends differ. */
function linesNamed(a: string, b: string): string {
  const named: number[] = [];
  let count = 0;
  let [fromA, fromB] = [0, 0];
  for (let line = 1; ; line++) {
    const [endA, endB] = [a.indexOf('\n', fromA), b.indexOf('\n', fromB)];
    if (endA === -1 || endB === -1) break;
    if (endA - fromA !== endB - fromB) {
      count++;
      if (named.length < mostNamed) named.push(line);
    }
    [fromA, fromB] = [endA + 1, endB + 1];
  }
  return `${count === 1 ? 'line' : 'lines'} ${named.join(', ')}${count > mostNamed ? `, … (${count} in all)` : ''}`;
}
