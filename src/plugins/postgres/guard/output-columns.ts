import { child, identifiers, list, type Node, only, text } from './tree.ts';

/**
 * The columns that subqueries, WITH queries, VALUES and functions in FROM make, by name and without regard to scope:
 * enough to follow a constant through them, as PostgreSQL does when it pulls subqueries up.
 */
export class OutputColumns {
  readonly #named = new Map<string, unknown[]>();
  readonly #unnamed: unknown[] = [];
  readonly #all: unknown[] = [];
  /** Names given to columns by position, as in `FROM (…) AS q(a, b)`. */
  readonly #renamed = new Set<string>();

  /** Takes notice of a node; call it for each of the tree. */
  add(type: string | undefined, node: Node): void {
    if (type === 'ResTarget') this.#addColumn(text(node, 'name') || undefined, node.val);
    for (const row of list(node, 'valuesLists')) {
      for (const value of list(only(row, 'List') ?? {}, 'items')) this.#addColumn(undefined, value);
    }
    if (type === 'RangeFunction') {
      const alias = child(node, 'alias');
      for (const item of list(node, 'functions')) {
        const call = list(only(item, 'List') ?? {}, 'items')[0];
        this.#addColumn(alias && text(alias, 'aliasname'), call);
      }
    }
    for (const name of identifiers([...list(node, 'colnames'), ...list(node, 'aliascolnames')])) {
      if (name !== undefined) this.#renamed.add(name);
    }
  }

  /** The expressions that a column of that name may stand for. */
  named(name: string): readonly unknown[] {
    if (this.#renamed.has(name) || /^column\d+$/.test(name)) return this.#all;
    return this.#named.get(name) ?? this.#unnamed;
  }

  #addColumn(name: string | undefined, value: unknown): void {
    this.#all.push(value);
    if (name === undefined) {
      this.#unnamed.push(value);
      return;
    }
    const same = this.#named.get(name);
    if (same) same.push(value);
    else this.#named.set(name, [value]);
  }
}
