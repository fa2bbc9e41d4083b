import { asNode, child, isType, list, type Node, only, text } from './tree.ts';

/** Names of WITH queries that a place in the statement can see, innermost first. */
export interface WithNames {
  readonly name: string;
  readonly outer: WithNames | undefined;
}

export interface Visit {
  readonly node: Node;
  /** The node's type, or undefined for the wrapper around a node and for a field's plain object. */
  readonly type: string | undefined;
  readonly withNames: WithNames | undefined;
}

interface Pending extends Visit {
  readonly depth: number;
}

/** Objects inside one another that a tree may have: two for most levels of SQL. */
const maxDepth = 2000;

/**
 * Every object of the tree, in the order of the text, whatever field holds it: a place that a later grammar adds is
 * walked too. Does not recurse. Calls `onTooDeep`, which throws, for a tree that nests deeper than any sane statement.
 */
export function* walk(tree: Node, onTooDeep: () => never): Generator<Visit> {
  const pending: Pending[] = [{ node: tree, type: undefined, withNames: undefined, depth: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.depth > maxDepth) onTooDeep();
    yield next;
    const children = childrenOf(next);
    for (let index = children.length - 1; index >= 0; index--) {
      const inner = children[index];
      if (inner) pending.push(inner);
    }
  }
}

function childrenOf({ node, withNames, depth }: Pending): readonly Pending[] {
  const children: Pending[] = [];
  const add = (value: unknown, type: string | undefined, names: WithNames | undefined) => {
    if (Array.isArray(value)) {
      for (const item of value) add(item, undefined, names);
      return;
    }
    const inner = asNode(value);
    if (inner) children.push({ node: inner, type, withNames: names, depth: depth + 1 });
  };
  const clause = child(node, 'withClause');
  const names = clause ? addWithQueries(clause, withNames, add) : withNames;
  for (const [key, value] of Object.entries(node)) {
    if (key !== 'withClause') add(value, isType(key) ? key : undefined, names);
  }
  return children;
}

/** A WITH query sees those before it, or with RECURSIVE all of its clause; the statement behind the clause sees all. */
function addWithQueries(
  clause: Node,
  outer: WithNames | undefined,
  add: (value: unknown, type: string | undefined, names: WithNames | undefined) => void,
): WithNames | undefined {
  const queries = list(clause, 'ctes');
  const nameOf = (query: unknown) => text(only(query, 'CommonTableExpr') ?? {}, 'ctename');
  let seen = outer;
  const all = queries.reduce<WithNames | undefined>((names, query) => ({ name: nameOf(query), outer: names }), outer);
  for (const query of queries) {
    add(query, undefined, clause.recursive === true ? all : seen);
    seen = { name: nameOf(query), outer: seen };
  }
  // Nothing but the queries is in the clause today; what a later grammar puts there is walked like the rest.
  for (const [key, value] of Object.entries(clause)) if (key !== 'ctes') add(value, undefined, outer);
  return all;
}

/** Whether a name is that of a WITH query here, so that it hides a table of the name. */
export function namesWithQuery(names: WithNames | undefined, name: string): boolean {
  for (let scope = names; scope; scope = scope.outer) if (scope.name === name) return true;
  return false;
}
