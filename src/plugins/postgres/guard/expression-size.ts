import { numberOfCall, numberOfLiteral, numberOfOperator } from './constant-number.ts';
import { bytesOfCall, isEscaping } from './growth.ts';
import { escaped, grown, largestOf, type Measure, sumOf } from './measure.ts';
import type { PlanSize } from './plan-size.ts';
import type { Scope } from './scope.ts';
import { child, functionName, identifiers, list, type Node, only, text } from './tree.ts';

const lengths = new Set(['length', 'char_length', 'character_length', 'octet_length']);

/** Only the nodes that make a value: within each, others such as JsonKeyValue and JsonValueExpr hold its parts. */
const writingJsonOrXml = new Set([
  ...['XmlExpr', 'XmlSerialize', 'JsonScalarExpr', 'JsonSerializeExpr', 'JsonParseExpr', 'JsonFuncExpr', 'JsonTable'],
  ...['JsonObjectConstructor', 'JsonArrayConstructor', 'JsonArrayQueryConstructor', 'JsonObjectAgg', 'JsonArrayAgg'],
]);

/** What an expression of that type grows to while PostgreSQL plans. */
export function measureExpression(type: string, node: Node, scope: Scope, plan: PlanSize): Measure {
  switch (type) {
    case 'A_Const':
      return measureLiteral(node);
    case 'ColumnRef':
      return measureColumn(node, scope);
    case 'FuncCall':
      return measureCall(node, scope, plan);
    case 'A_Expr':
      return measureOperator(node, scope, plan);
    case 'TypeCast':
      return measureCast(node, scope, plan);
    case 'SelectStmt': {
      const { columns, nodes } = plan.query(node, scope);
      return { ...sumOf(columns.list.map(({ measure }) => measure)), number: columns.list[0]?.measure.number, nodes };
    }
    case 'CoalesceExpr':
    case 'MinMaxExpr':
      return oneOf(list(node, 'args'), node, scope, plan);
    case 'CaseExpr':
      return oneOf([...list(node, 'args'), node.defresult], node, scope, plan);
    case 'CaseWhen':
      return oneOf([node.result], node, scope, plan);
    case 'SubLink':
      return oneOf([node.subselect], node, scope, plan);
    case 'CollateClause':
    case 'NamedArgExpr':
      return oneOf([node.arg], node, scope, plan);
    default:
      return written(type, plan.fields(node, scope));
  }
}

/** What values are once a node of that type has written them into one. */
function written(type: string, measure: Measure): Measure {
  if (writingJsonOrXml.has(type)) return escaped(measure);
  return type === 'A_ArrayExpr' || type === 'RowExpr' ? grown(measure, 2) : measure; // quotes within are doubled
}

function measureLiteral(node: Node): Measure {
  const bytes = text(child(node, 'sval') ?? {}, 'sval').length + text(child(node, 'bsval') ?? {}, 'bsval').length;
  return { nodes: 1, bytes: Math.max(1, bytes), escaped: 0, number: numberOfLiteral(node) };
}

function measureColumn(node: Node, scope: Scope): Measure {
  const [name, table] = identifiers(list(node, 'fields')).toReversed();
  return scope.column(table, name ?? '');
}

function measureCall(node: Node, scope: Scope, plan: PlanSize): Measure {
  const name = functionName(node);
  const args = list(node, 'args').map((value) => ({ value, ...plan.expression(value, scope) }));
  const { args: _, ...others } = node;
  const nodes = sumOf(args).nodes + plan.fields(others, scope).nodes;
  const number = lengths.has(name)
    ? args[0]?.bytes
    : numberOfCall(
        name,
        args.map((argument) => argument.number),
      );
  if (isEscaping(name)) return { ...escaped(sumOf(args)), nodes, number };
  return { nodes, bytes: bytesOfCall(name, args), escaped: 0, number };
}

function measureOperator(node: Node, scope: Scope, plan: PlanSize): Measure {
  const left = node.lexpr === undefined ? undefined : plan.expression(node.lexpr, scope);
  const right = plan.expression(node.rexpr, scope);
  const name = identifiers(list(node, 'name')).at(-1) ?? '';
  return {
    ...sumOf(left ? [left, right] : [right]),
    number: numberOfOperator(name, left ? left.number : 0, right.number),
  };
}

/** `char(n)` and `bit(n)` are filled up to their length. */
function measureCast(node: Node, scope: Scope, plan: PlanSize): Measure {
  const argument = plan.expression(node.arg, scope);
  const type = child(node, 'typeName') ?? {};
  const name = identifiers(list(type, 'names')).at(-1);
  const length = numberOfLiteral(only(list(type, 'typmods')[0], 'A_Const') ?? {}) ?? 1;
  const padded = name === 'bpchar' || name === 'bit' ? length : 1;
  return { ...argument, nodes: argument.nodes + 1, bytes: Math.max(argument.bytes, padded) };
}

/** A node whose value is one of those parts of it. */
function oneOf(parts: readonly unknown[], node: Node, scope: Scope, plan: PlanSize): Measure {
  const others = Object.values(node).filter((value) => !parts.includes(value) && !Array.isArray(value));
  const measures = parts.map((part) => plan.expression(part, scope));
  const nodes = sumOf(measures).nodes + sumOf(others.map((other) => plan.expression(other, scope))).nodes;
  return { ...largestOf(measures), nodes };
}
