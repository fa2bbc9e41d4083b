import { asNode, child, isType, list, type Node, only, text } from './tree.ts';

/** Names of WITH queries that a place in the statement can see, innermost first. */
export interface WithNames {
  readonly name: string;
  readonly outer: WithNames | undefined;
}

export interface Visit {
  readonly node: Node;
  /** The node's type, or undefined for the plain object of a field. */
  readonly type: string | undefined;
  readonly withNames: WithNames | undefined;
}

interface Pending extends Visit {
  readonly depth: number;
}

/** Nodes inside one another that a tree may have. */
const maxDepth = 1000;
/** Types that hold nothing but a value; a long statement is mostly these. */
const leaves = new Set(['A_Const', 'String', 'A_Star']);

/**
 * Every node of the tree, in the order of the text, whatever field holds it: a place that a later grammar adds is walked
 * too. Does not recurse. Calls `onTooDeep`, which throws, for a tree that nests deeper than any sane statement.
 */
export function* walk(tree: Node, onTooDeep: () => never): Generator<Visit> {
  const pending: Pending[] = [];
  addNode(pending, tree, undefined, 0);
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.depth > maxDepth) onTooDeep();
    yield next;
    if (next.type !== undefined && leaves.has(next.type)) continue;
    const from = pending.length;
    addFields(pending, next);
    reverseFrom(pending, from); // the last is taken first
  }
}

/** Adds what a field or list holds: a node without its wrapper, every node of a list, or a plain object. */
function addNode(pending: Pending[], value: unknown, withNames: WithNames | undefined, depth: number): void {
  if (Array.isArray(value)) {
    for (const item of value) addNode(pending, item, withNames, depth);
    return;
  }
  const object = asNode(value);
  if (!object) return;
  const keys = Object.keys(object);
  const [type] = keys;
  const wrapped = keys.length === 1 && type !== undefined && isType(type) ? asNode(object[type]) : undefined;
  pending.push(
    wrapped ? { node: wrapped, type, withNames, depth } : { node: object, type: undefined, withNames, depth },
  );
}

function addFields(pending: Pending[], { node, withNames, depth }: Pending): void {
  const clause = child(node, 'withClause');
  const names = clause ? addWithQueries(pending, clause, withNames, depth + 1) : withNames;
  for (const key of Object.keys(node)) {
    const value = node[key];
    if (typeof value === 'object' && key !== 'withClause') addNode(pending, value, names, depth + 1);
  }
}

function reverseFrom(pending: Pending[], from: number): void {
  for (let low = from, high = pending.length - 1; low < high; low++, high--) {
    const [one, other] = [pending[low], pending[high]];
    if (one && other) [pending[low], pending[high]] = [other, one];
  }
}

/** A WITH query sees those before it, or with RECURSIVE all of its clause; the statement behind the clause sees all. */
function addWithQueries(
  pending: Pending[],
  clause: Node,
  outer: WithNames | undefined,
  depth: number,
): WithNames | undefined {
  const queries = list(clause, 'ctes');
  const nameOf = (query: unknown) => text(only(query, 'CommonTableExpr') ?? {}, 'ctename');
  const all = queries.reduce<WithNames | undefined>((names, query) => ({ name: nameOf(query), outer: names }), outer);
  let seen = outer;
  for (const query of queries) {
    addNode(pending, query, clause.recursive === true ? all : seen, depth);
    seen = { name: nameOf(query), outer: seen };
  }
  // Nothing but the queries is in the clause today; what a later grammar puts there is walked like the rest.
  for (const key of Object.keys(clause)) if (key !== 'ctes') addNode(pending, clause[key], outer, depth);
  return all;
}

/** Whether a name is that of a WITH query here, so that it hides a table of the name. */
export function namesWithQuery(names: WithNames | undefined, name: string): boolean {
  for (let scope = names; scope; scope = scope.outer) if (scope.name === name) return true;
  return false;
}
