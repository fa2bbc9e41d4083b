import type { Sizes } from './constant-size.ts';
import { child, functionName, identifiers, list, type Node, text } from './tree.ts';

type Arithmetic = (left: number, right: number) => number;

const operators: ReadonlyMap<string, Arithmetic> = new Map<string, Arithmetic>([
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
  ['*', (left, right) => left * right],
  ['/', (left, right) => left / right],
  ['%', (left, right) => left % right],
  ['^', (left, right) => left ** right],
  ['<<', (left, right) => left * 2 ** right],
  ['>>', (left, right) => left / 2 ** right],
  ['|', (left, right) => left + right],
]);

const functions: ReadonlyMap<string, (...args: number[]) => number> = new Map<string, (...args: number[]) => number>([
  ...['abs', 'ceil', 'ceiling', 'floor', 'round', 'trunc', 'int2', 'int4', 'int8', 'numeric', 'float4', 'float8'].map(
    (name) => [name, (value: number) => (name === 'abs' ? Math.abs(value) : value)] as const,
  ),
  ['power', (base: number, exponent: number) => base ** exponent],
  ['pow', (base: number, exponent: number) => base ** exponent],
  ['exp', Math.exp],
  ['sqrt', Math.sqrt],
  ['mod', (left: number, right: number) => left % right],
]);

const lengths = new Set(['length', 'char_length', 'character_length', 'octet_length']);

/** The number that a node stands for, if its text alone tells (a little too large at worst); undefined where it does not. */
export function constantNumber(type: string, node: Node, sizes: Sizes): number | undefined {
  switch (type) {
    case 'A_Const':
      return literal(node);
    case 'TypeCast':
    case 'CollateClause':
    case 'NamedArgExpr':
      return sizes.number(node.arg);
    case 'A_Expr':
      return arithmetic(node, sizes);
    case 'FuncCall':
      return call(node, sizes);
    case 'CoalesceExpr':
    case 'MinMaxExpr':
      return largest(list(node, 'args').map((argument) => sizes.number(argument)));
    case 'CaseExpr':
      return largest([...list(node, 'args'), node.defresult].map((branch) => sizes.number(branch)));
    case 'CaseWhen':
      return sizes.number(node.result);
    case 'SubLink':
      return sizes.number(node.subselect);
    case 'SelectStmt':
      return sizes.number(list(node, 'targetList')[0]);
    case 'ResTarget':
      return sizes.number(node.val);
    default:
      return undefined;
  }
}

function literal(constant: Node): number | undefined {
  const integer = child(constant, 'ival');
  if (integer) return typeof integer.ival === 'number' ? integer.ival : 0;
  const digits = text(child(constant, 'fval') ?? {}, 'fval') || text(child(constant, 'sval') ?? {}, 'sval').trim();
  const value = digits === '' ? Number.NaN : Number(digits.replaceAll('_', ''));
  return Number.isNaN(value) ? undefined : value;
}

function arithmetic(expression: Node, sizes: Sizes): number | undefined {
  const operator = operators.get(identifiers(list(expression, 'name')).at(-1) ?? '');
  const left = expression.lexpr === undefined ? 0 : sizes.number(expression.lexpr);
  const right = sizes.number(expression.rexpr);
  if (!operator || left === undefined || right === undefined) return undefined;
  return finite(operator(left, right));
}

function call(node: Node, sizes: Sizes): number | undefined {
  const name = functionName(node);
  const args = list(node, 'args');
  if (lengths.has(name)) return sizes.size(args[0]);
  const compute = functions.get(name);
  const numbers = args.map((argument) => sizes.number(argument));
  if (!compute || numbers.includes(undefined)) return undefined;
  return finite(compute(...(numbers as number[])));
}

function finite(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

function largest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}
