import { child, type Node, text } from './tree.ts';

const operators: ReadonlyMap<string, (left: number, right: number) => number> = new Map([
  ['+', (left: number, right: number) => left + right],
  ['-', (left: number, right: number) => left - right],
  ['*', (left: number, right: number) => left * right],
  ['/', (left: number, right: number) => left / right],
  ['%', (left: number, right: number) => left % right],
  ['^', (left: number, right: number) => left ** right],
  ['<<', (left: number, right: number) => left * 2 ** right],
  ['>>', (left: number, right: number) => left / 2 ** right],
  ['|', (left: number, right: number) => left + right],
]);

const sameNumber = [
  'ceil',
  'ceiling',
  'floor',
  'round',
  'trunc',
  'int2',
  'int4',
  'int8',
  'numeric',
  'float4',
  'float8',
];

const functions: ReadonlyMap<string, (...args: number[]) => number> = new Map<string, (...args: number[]) => number>([
  ...sameNumber.map((name) => [name, (value: number) => value] as const),
  ['abs', Math.abs],
  ['power', (base: number, exponent: number) => base ** exponent],
  ['pow', (base: number, exponent: number) => base ** exponent],
  ['exp', Math.exp],
  ['sqrt', Math.sqrt],
  ['mod', (left: number, right: number) => left % right],
]);

/** The number that a constant is, or that PostgreSQL would read from its string. */
export function numberOfLiteral(constant: Node): number | undefined {
  const integer = child(constant, 'ival');
  if (integer) return typeof integer.ival === 'number' ? integer.ival : 0;
  const digits = text(child(constant, 'fval') ?? {}, 'fval') || text(child(constant, 'sval') ?? {}, 'sval').trim();
  return digits === '' ? undefined : known(Number(digits.replaceAll('_', '')));
}

/** The result of an operator; `left` is 0 where it has only a right operand. */
export function numberOfOperator(
  name: string,
  left: number | undefined,
  right: number | undefined,
): number | undefined {
  const operator = operators.get(name);
  return operator && left !== undefined && right !== undefined ? known(operator(left, right)) : undefined;
}

/** The result of one of PostgreSQL's own functions, for the few by which a count may be written. */
export function numberOfCall(name: string, args: readonly (number | undefined)[]): number | undefined {
  const compute = functions.get(name);
  const numbers = args.filter((value) => value !== undefined);
  return compute && numbers.length === args.length ? known(compute(...numbers)) : undefined;
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
