import { type Measure, sumOf } from './measure.ts';
import { child, list, only, text } from './tree.ts';

/** An argument of a call: its node, and what is known of its value. */
export interface Argument extends Measure {
  readonly value: unknown;
}

type Growth = (args: readonly Argument[]) => number;

const bytes = (argument: Argument | undefined) => argument?.bytes ?? 1;
const count = (argument: Argument | undefined) => Math.max(1, argument?.number ?? 1);
const times = (factor: number): Growth => {
  return (args) => factor * sumOf(args).bytes;
};
const toLength: Growth = ([value, length]) => length?.number ?? bytes(value);
/** One copy of the third argument for each character of the first, at most. */
const substituting: Growth = ([value, , replacement]) => bytes(value) * bytes(replacement);

/** Functions whose result may be many times their arguments. What is not here returns no more than its arguments together. */
const growing: ReadonlyMap<string, Growth> = new Map<string, Growth>([
  ['repeat', ([value, times]) => bytes(value) * count(times)],
  ...['lpad', 'rpad', 'bpchar', 'bit'].map((name) => [name, toLength] as const),
  ['polygon', ([points]) => 16 * count(points)],
  ['array_fill', ([value, lengths]) => Math.max(4, bytes(value)) * elementsOf(lengths?.value)],
  ['replace', ([value, from, to]) => bytes(value) * Math.max(1, Math.ceil(bytes(to) / bytes(from)))],
  ...['regexp_replace', 'array_replace'].map((name) => [name, substituting] as const),
  ['array_to_string', ([array, delimiter]) => bytes(array) * (1 + bytes(delimiter))],
  ['concat_ws', (args) => sumOf(args).bytes * (1 + bytes(args[0]))],
  ['format', formatted],
  ...['translate', 'encode'].map((name) => [name, times(4)] as const),
  ...['quote_literal', 'quote_ident', 'quote_nullable'].map((name) => [name, times(2)] as const),
  ...['string_to_array', 'regexp_split_to_array'].map((name) => [name, times(8)] as const),
]);

/** About how many bytes a call of one of PostgreSQL's own functions returns. */
export function bytesOfCall(name: string, args: readonly Argument[]): number {
  const rule = growing.get(name);
  if (rule) return rule(args);
  return sumOf(args).bytes;
}

/** Whether a call of one of PostgreSQL's own functions writes its arguments into JSON or XML. */
export function isEscaping(name: string): boolean {
  return /^(?:to_|row_to_|array_to_)?json|^xml/.test(name);
}

/** The number of elements of an array with those lengths, written `ARRAY[10, 20]` or `'{10,20}'`. */
function elementsOf(lengths: unknown): number {
  const array = only(lengths, 'A_ArrayExpr');
  const cast = only(lengths, 'TypeCast');
  if (cast) return elementsOf(cast.arg);
  const parts = array ? list(array, 'elements').map(literalText) : (literalText(lengths).match(/\d+/g) ?? []);
  return parts.reduce((elements, length) => elements * Math.max(1, Number(length) || 1), 1);
}

/** Each directive may show any argument again, quoted, and filled up to a width. */
function formatted([pattern, ...values]: readonly Argument[]): number {
  const directives = literalText(pattern?.value).match(/%[^%]*?[a-zA-Z]/g) ?? [];
  const widths = directives.flatMap((directive) => directive.replaceAll(/\d+\$/g, '').match(/\d+/g) ?? []);
  const starred = directives.some((directive) => directive.includes('*'));
  const largest = values.reduce(
    (most, value) => Math.max(most, 2 * value.bytes, starred ? Math.abs(value.number ?? 1) : 1),
    1,
  );
  return bytes(pattern) + widths.reduce((sum, width) => sum + Number(width), 0) + directives.length * largest;
}

function literalText(value: unknown): string {
  const constant = only(value, 'A_Const') ?? only(only(value, 'TypeCast')?.arg, 'A_Const') ?? {};
  const integer = child(constant, 'ival')?.ival;
  return typeof integer === 'number' ? String(integer) : text(child(constant, 'sval') ?? {}, 'sval');
}
