import * as v from 'valibot';

const msPerUnit: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const pattern = /^([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|h|d)?$/;
const form = 'must be a duration such as 500ms, 30s, 5m or 1h, or a number of milliseconds';

/** Longest wait that Node's timers keep: above it they fire at once. */
const longestTimerMs = 2_147_483_647;

/** A config value for a time, turned into milliseconds; `min` and `max` are written as people write them in the file. */
export function duration(description: string, min: string, max = '24d') {
  const [least, most] = [toMilliseconds(min), Math.min(toMilliseconds(max), longestTimerMs)];
  return v.pipe(
    v.union([v.pipe(v.number(form), v.minValue(0, form)), v.pipe(v.string(form), v.regex(pattern, form))], form),
    v.description(description),
    v.transform(toMilliseconds),
    v.minValue(least, `must be at least ${min}`),
    v.maxValue(most, `must be at most ${max}`),
  );
}

function toMilliseconds(value: string | number): number {
  if (typeof value === 'number') return Math.round(value);
  const [, amount = '0', unit = 'ms'] = pattern.exec(value) ?? [];
  return Math.round(Number(amount) * (msPerUnit[unit] ?? 1));
}
