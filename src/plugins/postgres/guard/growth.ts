import type { Sizes } from './constant-size.ts';
import { child, list, only, text } from './tree.ts';

type Growth = (args: readonly unknown[], sizes: Sizes) => number;

const byCount: Growth = ([value, count], sizes) => sizes.size(value) * Math.max(1, sizes.number(count) ?? 1);
const toLength: Growth = ([value, length], sizes) => sizes.number(length) ?? sizes.size(value);
/** One copy of the third argument for each character of the first, at most. */
const substituting: Growth = ([value, , replacement], sizes) => sizes.size(value) * sizes.size(replacement);

/** Functions whose result may be many times their arguments. What is not here returns no more than its arguments together. */
const growing: ReadonlyMap<string, Growth> = new Map<string, Growth>([
  ['repeat', byCount],
  ['lpad', toLength],
  ['rpad', toLength],
  ['bpchar', toLength],
  ['bit', toLength],
  ['polygon', ([points], sizes) => 16 * (sizes.number(points) ?? 1)],
  ['array_fill', ([value, lengths], sizes) => Math.max(4, sizes.size(value)) * product(lengths, sizes)],
  [
    'replace',
    ([value, from, to], sizes) => sizes.size(value) * Math.max(1, Math.ceil(sizes.size(to) / sizes.size(from))),
  ],
  ['regexp_replace', substituting],
  ['array_replace', substituting],
  ['array_to_string', ([array, delimiter], sizes) => sizes.size(array) * (1 + sizes.size(delimiter))],
  ['format', format],
  ...['translate', 'encode'].map((name) => [name, times(4)] as const),
  ...['quote_literal', 'quote_ident', 'quote_nullable'].map((name) => [name, times(2)] as const),
  ...['string_to_array', 'regexp_split_to_array'].map((name) => [name, times(8)] as const),
]);

/** About how many bytes a call of one of PostgreSQL's own functions returns. */
export function growth(name: string, args: readonly unknown[], variadic: boolean, sizes: Sizes): number {
  const rule = growing.get(name);
  if (rule) return rule(args, sizes);
  if (/^(?:to_|row_to_|array_to_)?json/.test(name) || name.startsWith('xml')) return times(6)(args, sizes); // escapes
  if (name === 'concat_ws') return sizes.size(args) * (variadic ? 1 + sizes.size(args[0]) : 2);
  return sizes.size(args);
}

function times(factor: number): Growth {
  return (args, sizes) => factor * sizes.size(args);
}

/** The number of elements of an array with those lengths, written `ARRAY[10, 20]` or `'{10,20}'`. */
function product(lengths: unknown, sizes: Sizes): number {
  const array = only(lengths, 'A_ArrayExpr');
  if (array) {
    return list(array, 'elements').reduce<number>(
      (elements, length) => elements * Math.max(1, sizes.number(length) ?? 1),
      1,
    );
  }
  const cast = only(lengths, 'TypeCast');
  if (cast) return product(cast.arg, sizes);
  const digits = literalText(lengths).match(/\d+/g) ?? [];
  return digits.reduce((elements, length) => elements * Math.max(1, Number(length)), 1);
}

/** Each directive may show any argument again, quoted, and filled up to a width. */
function format([pattern, ...values]: readonly unknown[], sizes: Sizes): number {
  const directives = literalText(pattern).match(/%[^%]*?(?:\*|\d)*[a-zA-Z]/g) ?? [];
  const widths = directives.flatMap((directive) => directive.replace(/\d+\$/g, '').match(/\d+/g) ?? []).map(Number);
  const starred = directives.some((directive) => directive.includes('*'));
  const largest = Math.max(
    1,
    ...values.map((value) => Math.max(2 * sizes.size(value), starred ? Math.abs(sizes.number(value) ?? 1) : 1)),
  );
  return sizes.size(pattern) + widths.reduce((sum, width) => sum + width, 0) + directives.length * largest;
}

function literalText(value: unknown): string {
  const constant = only(value, 'A_Const') ?? only(only(value, 'TypeCast')?.arg, 'A_Const');
  return text(child(constant ?? {}, 'sval') ?? {}, 'sval');
}
