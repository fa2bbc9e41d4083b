import { measureExpression } from './expression-size.ts';
import { measureFrom } from './from-size.ts';
import { largestOf, type Measure, sumOf, unknown } from './measure.ts';
import { type Column, type Columns, joined, noColumns, renamed, Scope, type WithQuery } from './scope.ts';
import { asNode, child, identifiers, list, type Node, only, text, typed } from './tree.ts';

export interface QueryMeasure {
  readonly columns: Columns;
  readonly nodes: number;
}

/** Called with every expression and query and its measure, inner ones first; throws where that is too much. */
export type OnMeasured = (node: Node, measure: Measure) => void;

/** Fields of a SELECT that say what its columns are; the others only add to its size. */
const columnFields = new Set(['withClause', 'larg', 'rarg', 'fromClause', 'valuesLists', 'targetList']);
/** Fields that keep PostgreSQL from pulling a subquery up into the query around it. */
const barriers = [
  'groupClause',
  'havingClause',
  'distinctClause',
  'sortClause',
  'windowClause',
  'limitCount',
  'limitOffset',
];

/**
 * Measures what a statement grows to while it is planned, when statement_timeout is looked at late or not at all: 49
 * bytes of nested repeat() fold to a gigabyte, and 25 subqueries that each use the next one's column twice to 30 million
 * nodes. Where it is not known whether a subquery is pulled up, it is taken to be.
 */
export class PlanSize {
  readonly #onMeasured: OnMeasured;

  constructor(onMeasured: OnMeasured) {
    this.#onMeasured = onMeasured;
  }

  /** A SELECT, bare of its type, inside `outer`. */
  query(select: Node, outer: Scope | undefined): QueryMeasure {
    const around = new Scope(outer); // what subqueries in FROM can see: the WITH queries, but not each other
    const scope = new Scope(around);
    const sides = [child(select, 'larg'), child(select, 'rarg')].filter((side) => side !== undefined);
    const parts: QueryMeasure[] = [
      ...this.#withQueries(child(select, 'withClause'), around),
      ...list(select, 'fromClause').map((item) => measureFrom(item, scope, around, this)),
    ];
    const branches = sides.map((side) => this.query(side, around));
    const rows = list(select, 'valuesLists').map((row) => this.#valuesRow(row, scope));
    const targets = list(select, 'targetList').map((target) => this.#target(target, scope));
    let nodes = 1;
    for (const part of [...parts, ...branches, ...rows, ...targets]) nodes += part.nodes;
    for (const [field, value] of Object.entries(select)) {
      if (!columnFields.has(field)) nodes += this.expression(value, scope).nodes;
    }
    this.#onMeasured(select, { ...unknown, nodes });
    const isPulledUp = !barriers.some((field) => field in select) && rows.length <= 1;
    if (!isPulledUp) return { columns: noColumns, nodes };
    return { columns: branches.length > 0 ? either(branches) : joined([...rows, ...targets].map(columnsOf)), nodes };
  }

  /** Any node, list of nodes or plain object of the tree. */
  expression(value: unknown, scope: Scope): Measure {
    if (Array.isArray(value)) return sumOf(value.map((item) => this.expression(item, scope)));
    const found = typed(value);
    if (!found) return this.fields(asNode(value) ?? {}, scope);
    const measure = measureExpression(found.type, found.node, scope, this);
    this.#onMeasured(found.node, measure);
    return measure;
  }

  /** All fields of a node together. */
  fields(node: Node, scope: Scope): Measure {
    const objects = Object.values(node).filter((value) => typeof value === 'object' && value !== null);
    return sumOf(objects.map((value) => this.expression(value, scope)));
  }

  /** A query of a WITH clause, measured when first asked for: with RECURSIVE it may be named before it is written. */
  withQuery(query: WithQuery): QueryMeasure {
    if (query.state === 'measuring') return { columns: noColumns, nodes: 1 }; // it names itself: that is not copied in
    if (query.state !== 'new') return query.state;
    query.state = 'measuring';
    const { columns, nodes } = this.query(only(query.node.ctequery, 'SelectStmt') ?? {}, query.scope);
    query.state = { columns: renamed(columns, list(query.node, 'aliascolnames')), nodes };
    return query.state;
  }

  #withQueries(clause: Node | undefined, scope: Scope): readonly QueryMeasure[] {
    const all = list(clause ?? {}, 'ctes').map((query): WithQuery => {
      return { node: only(query, 'CommonTableExpr') ?? {}, scope, state: 'new' };
    });
    for (const query of all) scope.addWithQuery(text(query.node, 'ctename'), query);
    return all.map((query) => this.withQuery(query));
  }

  #target(target: unknown, scope: Scope): QueryMeasure {
    const node = only(target, 'ResTarget') ?? {};
    const fields = list(only(node.val, 'ColumnRef') ?? {}, 'fields');
    if (only(fields.at(-1), 'A_Star')) return { columns: scope.star(identifiers(fields).at(-2)), nodes: 1 };
    const measure = this.expression(node.val, scope);
    const name = text(node, 'name') || nameOfColumn(node.val);
    return { columns: { list: [{ name, measure }], open: false }, nodes: measure.nodes };
  }

  #valuesRow(row: unknown, scope: Scope): QueryMeasure {
    const measures = list(only(row, 'List') ?? {}, 'items').map((value) => this.expression(value, scope));
    const columns = measures.map((measure, index): Column => ({ name: `column${index + 1}`, measure }));
    return { columns: { list: columns, open: false }, nodes: sumOf(measures).nodes };
  }
}

function columnsOf({ columns }: QueryMeasure): Columns {
  return columns;
}

/** The columns of a UNION: each may be that of either side. */
function either(branches: readonly QueryMeasure[]): Columns {
  const [first = noColumns, ...others] = branches.map(columnsOf);
  const columns = first.list.map(({ name, measure }, index): Column => {
    const same = others.flatMap(({ list: column }) => column[index]?.measure ?? []);
    return { name, measure: largestOf([measure, ...same]) };
  });
  return { list: columns, open: branches.some(({ columns: { open } }) => open) };
}

/** The name that PostgreSQL gives a column without one. */
export function nameOfColumn(value: unknown): string {
  const { type, node } = typed(value) ?? { type: '', node: {} };
  const last = (field: string) => identifiers(list(node, field)).findLast((name) => name !== undefined);
  switch (type) {
    case 'FuncCall':
      return last('funcname') ?? '';
    case 'ColumnRef':
      return last('fields') ?? '';
    case 'A_Indirection':
      return last('indirection') ?? nameOfColumn(node.arg);
    case 'CollateClause':
      return nameOfColumn(node.arg);
    case 'TypeCast':
      return nameOfColumn(node.arg) || (identifiers(list(child(node, 'typeName') ?? {}, 'names')).at(-1) ?? '');
    case 'SubLink': {
      const target = only(list(only(node.subselect, 'SelectStmt') ?? {}, 'targetList')[0], 'ResTarget') ?? {};
      return text(target, 'name') || nameOfColumn(target.val);
    }
    case 'CaseExpr':
      return nameOfColumn(node.defresult) || 'case';
    default:
      return namesOfTypes.get(type) ?? '';
  }
}

const namesOfTypes: ReadonlyMap<string, string> = new Map([
  ['CoalesceExpr', 'coalesce'],
  ['A_ArrayExpr', 'array'],
  ['RowExpr', 'row'],
]);
