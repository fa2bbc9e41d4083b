/** Lines that may differ before lines are paired by their order alone; the caller bounds the steps. */
const mostDifferences = 1000;

/**
 * For each new line the index of the old line that it is or replaces, or -1 for one that is added. Equal lines are found as
 * diffs find them (Myers, within bounds); between them, the first new lines replace the first old ones.
 */
export function pairLines(before: readonly string[], after: readonly string[], budget: { steps: number }): number[] {
  const pairs = new Array<number>(after.length).fill(-1);
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) pairs[head] = head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) {
    tail++;
    pairs[after.length - tail] = before.length - tail;
  }
  const numbers = new Map<string, number>();
  const numbered = (lines: readonly string[]) => lines.slice(head, lines.length - tail).map((line) => numberOf(line));
  const numberOf = (line: string) => {
    const number = numbers.get(line) ?? numbers.size;
    numbers.set(line, number);
    return number;
  };
  for (const [old, fresh] of equalLines(numbered(before), numbered(after), budget)) pairs[head + fresh] = head + old;
  pairInOrder(pairs, before.length);
  return pairs;
}

/** Between two pairs of equal lines, the new lines replace the old ones one by one for as long as there are any. */
function pairInOrder(pairs: number[], oldLines: number): void {
  let limit = oldLines;
  const limits = pairs.map(() => 0);
  for (let at = pairs.length - 1; at >= 0; at--) {
    limits[at] = limit;
    const pair = pairs[at] ?? -1;
    if (pair !== -1) limit = pair;
  }
  let next = 0;
  for (const [at, pair] of pairs.entries()) {
    if (pair !== -1) next = pair + 1;
    else if (next < (limits[at] ?? 0)) pairs[at] = next++;
  }
}

/** Pairs of equal lines of a shortest edit script; none where the two differ by more than the bounds. */
function equalLines(a: readonly number[], b: readonly number[], budget: { steps: number }): [number, number][] {
  if (a.length === 0 || b.length === 0) return [];
  const most = Math.min(a.length + b.length, mostDifferences);
  const zero = most + 1;
  const furthest = new Int32Array(2 * zero + 1); // on each diagonal, x - y, the x that was reached
  const trace: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    trace.push(furthest.slice(zero - d - 1, zero + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const before = furthest[zero + k - 1] ?? 0;
      const above = furthest[zero + k + 1] ?? 0;
      let x = k === -d || (k !== d && before < above) ? above : before + 1;
      const from = x;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      furthest[zero + k] = x;
      budget.steps -= x - from + 1;
      if (budget.steps < 0) return [];
      if (x >= a.length && x - k >= b.length) return followBack(trace, a.length, b.length);
    }
  }
  return [];
}

function followBack(trace: readonly Int32Array[], oldLines: number, newLines: number): [number, number][] {
  const pairs: [number, number][] = [];
  let x = oldLines;
  let y = newLines;
  for (let d = trace.length - 1; d >= 0; d--) {
    const furthest = (k: number) => trace[d]?.[k + d + 1] ?? 0;
    const k = x - y;
    const from = k === -d || (k !== d && furthest(k - 1) < furthest(k + 1)) ? k + 1 : k - 1;
    const [startX, startY] = [furthest(from), furthest(from) - from];
    while (x > startX && y > startY) pairs.push([--x, --y]);
    x = startX;
    y = startY;
  }
  return pairs;
}
