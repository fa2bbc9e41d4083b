import { sumOf, unknown } from './measure.ts';
import { nameOfColumn, type PlanSize, type QueryMeasure } from './plan-size.ts';
import { type Column, type Columns, joined, noColumns, renamed, type Scope } from './scope.ts';
import { child, list, type Node, only, text, typed } from './tree.ts';

/** Measures an item of FROM and adds its columns to the scope. `around` is what a subquery that is not LATERAL can see. */
export function measureFrom(item: unknown, scope: Scope, around: Scope, plan: PlanSize): QueryMeasure {
  const { type, node } = typed(item) ?? { type: '', node: {} };
  const { columns, nodes, name } = measureItem(type, node, scope, around, plan);
  const alias = child(node, 'alias');
  const shown = alias ? renamed(columns, list(alias, 'colnames')) : columns;
  // A join without an alias shows its sides, which are in the scope by now.
  if (alias || type !== 'JoinExpr') scope.addTable(alias ? text(alias, 'aliasname') : name, shown);
  return { columns: shown, nodes };
}

interface ItemMeasure extends QueryMeasure {
  /** What it is called where it has no alias. */
  readonly name?: string;
}

function measureItem(type: string, node: Node, scope: Scope, around: Scope, plan: PlanSize): ItemMeasure {
  switch (type) {
    case 'RangeSubselect':
      return plan.query(only(node.subquery, 'SelectStmt') ?? {}, node.lateral === true ? scope : around);
    case 'RangeVar':
      return measureTable(node, scope, plan);
    case 'RangeTableSample': {
      const table = measureFrom(node.relation, scope, around, plan);
      return { columns: table.columns, nodes: table.nodes + plan.expression(node.args, scope).nodes };
    }
    case 'JoinExpr': {
      const sides = [node.larg, node.rarg].map((side) => measureFrom(side, scope, around, plan));
      const condition = plan.expression(node.quals, scope);
      return {
        columns: joined(sides.map(({ columns }) => columns)),
        nodes: sumOf([...sides.map(asMeasure), condition]).nodes,
      };
    }
    case 'RangeFunction':
      return measureFunctions(node, scope, plan);
    default:
      return { columns: noColumns, nodes: plan.fields(node, scope).nodes };
  }
}

function asMeasure({ nodes }: QueryMeasure) {
  return { ...unknown, nodes };
}

/** A table, whose columns the text does not name, or a WITH query, which is copied to each use only if it says so. */
function measureTable(node: Node, scope: Scope, plan: PlanSize): ItemMeasure {
  const name = text(node, 'relname');
  const query = 'schemaname' in node ? undefined : scope.withQuery(name);
  if (!query) return { columns: noColumns, nodes: 1, name };
  const { columns, nodes } = plan.withQuery(query);
  return { columns, nodes: query.node.ctematerialized === 'CTEMaterializeNever' ? nodes : 1, name };
}

function measureFunctions(node: Node, scope: Scope, plan: PlanSize): ItemMeasure {
  const calls = list(node, 'functions').map((call) => list(only(call, 'List') ?? {}, 'items')[0]);
  const alias = child(node, 'alias');
  const measures = calls.map((call) => plan.expression(call, scope));
  const values = calls.map((call, index): Column => {
    return { name: alias ? text(alias, 'aliasname') : nameOfColumn(call), measure: measures[index] ?? unknown };
  });
  const columns: Columns = { list: values, open: calls.length !== 1 };
  return { columns, nodes: sumOf(measures).nodes, name: nameOfColumn(calls[0]) };
}
