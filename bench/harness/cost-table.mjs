import { spread } from './stats.mjs';

/** Rows of `measure` as a table: what people compare first. */
export function costTable(title, rows, note) {
  return {
    title,
    note,
    head: ['server', 'CPU µs', 'times the baseline', 'per second', 'p50 ms', 'p95 ms', 'p99 ms', 'RSS MB'],
    rows: rows.map((row) => {
      const name = row.note ? `${row.name} (${row.note})` : row.name;
      if (row.failed) return [name, `not run: ${row.failed}`, '', '', '', '', '', ''];
      return [
        name,
        row.cpuMicroseconds.median.toFixed(1),
        row.cpuRatio ? ratioText(row.cpuRatio) : '',
        row.perSecond.median.toFixed(0),
        row.p50.toFixed(2),
        row.p95.toFixed(2),
        row.p99.toFixed(2),
        (row.rssBytes / 2 ** 20).toFixed(0),
      ];
    }),
  };
}

export function ratioText({ median, least, greatest }) {
  const digits = median < 0.2 ? 3 : 2;
  return `${median.toFixed(digits)} (${least.toFixed(digits)} to ${greatest.toFixed(digits)})`;
}

/** How one contender's CPU time (or another measure of a round) relates to another's, round by round; undefined where one did not run. */
export function compare(rows, name, other, key = 'cpu') {
  const [row, base] = [name, other].map((wanted) => rows.find((candidate) => candidate.name === wanted));
  if (!row?.perRound || !base?.perRound) return undefined;
  return spread(row.perRound.map((round, index) => round[key] / base.perRound[index][key]));
}

/** A target as a row of the report; `ratio` as `compare` gives it. */
export function atMost(what, limit, ratio) {
  if (!ratio) return { what, target: `at most ${limitText(limit)}`, measured: 'not run', met: undefined };
  return { what, target: `at most ${limitText(limit)}`, measured: ratioText(ratio), met: ratio.median <= limit };
}

export function atLeast(what, limit, ratio) {
  if (!ratio) return { what, target: `at least ${limitText(limit)}`, measured: 'not run', met: undefined };
  return { what, target: `at least ${limitText(limit)}`, measured: ratioText(ratio), met: ratio.median >= limit };
}

function limitText(limit) {
  return limit < 0.2 ? `1/${Math.round(1 / limit)} (${limit.toFixed(3)})` : String(limit);
}
