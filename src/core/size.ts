import * as v from 'valibot';

const bytesPerUnit: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const pattern = /^([0-9]+(?:\.[0-9]+)?)\s*(B|KiB|MiB|GiB)?$/;
const form = 'must be a size such as 512KiB or 4MiB, or a number of bytes';

/** A config value for an amount of data, turned into bytes; `min` and `max` are written as people write them in the file. */
export function size(description: string, min: string, max = '1048576GiB') {
  return v.pipe(
    v.union([v.pipe(v.number(form), v.minValue(0, form)), v.pipe(v.string(form), v.regex(pattern, form))], form),
    v.description(description),
    v.transform(toBytes),
    v.minValue(toBytes(min), `must be at least ${min}`),
    v.maxValue(toBytes(max), `must be at most ${max}`),
  );
}

function toBytes(value: string | number): number {
  if (typeof value === 'number') return Math.round(value);
  const [, amount = '0', unit = 'B'] = pattern.exec(value) ?? [];
  return Math.round(Number(amount) * (bytesPerUnit[unit] ?? 1));
}
