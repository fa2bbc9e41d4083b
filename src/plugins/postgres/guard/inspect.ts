import { whyDeniedRelation } from './denied-relations.ts';
import { notReading, readingNodes } from './node-types.ts';
import { tooDeep } from './parse-statement.ts';
import { refusal } from './refusal.ts';
import { child, identifiers, list, location, type Node, text, typed } from './tree.ts';
import { namesWithQuery, type Visit, walk } from './walk.ts';

/** A place where a function is, or may be, called. */
export interface FunctionUse {
  readonly schema: string | undefined;
  readonly name: string;
  /** `value.name`: a column, or a function called in column notation; PostgreSQL looks for both. */
  readonly maybeColumn: boolean;
  readonly at: number | undefined;
}

/**
 * Looks at every node of a statement: refuses those that do not read, and denied relations; returns the functions it
 * uses, which only the server's catalog can judge.
 */
export function inspect(sql: string, tree: Node): readonly FunctionUse[] {
  const uses = new FunctionUses();
  let at: number | undefined;
  const overDeep = () => {
    throw tooDeep(sql, at);
  };
  for (const visit of walk(tree, overDeep)) {
    at = location(visit.node) ?? at;
    refuseNode(sql, visit, at);
    uses.add(visit);
  }
  return uses.all();
}

function refuseNode(sql: string, { node, type, withNames }: Visit, at: number | undefined): void {
  const refused =
    'intoClause' in node ? 'IntoClause' : type !== undefined && !readingNodes.has(type) ? type : undefined;
  if (refused !== undefined) {
    const where = refused === 'IntoClause' ? child(node, 'intoClause') : node;
    throw refusal('denied', notReading(refused), sql, locationWithin(where ?? {}) ?? at);
  }
  if (!('relname' in node)) return;
  const schema = text(node, 'schemaname') || undefined;
  const name = text(node, 'relname');
  if (schema === undefined && namesWithQuery(withNames, name)) return;
  const why = whyDeniedRelation(schema, name);
  if (why !== undefined) {
    throw refusal(
      'denied',
      `${schema ? `${schema}.` : ''}${name} may not be read: it holds ${why}.`,
      sql,
      location(node),
    );
  }
}

/** Where a node stands that carries no location of its own: at the table it works on. */
function locationWithin(node: Node): number | undefined {
  return location(node) ?? location(child(node, 'relation') ?? child(node, 'rel') ?? {});
}

class FunctionUses {
  readonly #uses: FunctionUse[] = [];
  readonly #columns: { readonly table: string; readonly use: FunctionUse }[] = [];
  readonly #functionsInFrom = new Set<string>();
  #unnamedFunctionInFrom = false;

  add({ node, type }: Visit): void {
    if ('funcname' in node) {
      const [name, schema] = identifiers(list(node, 'funcname')).toReversed();
      this.#uses.push({ schema, name: name ?? '', maybeColumn: false, at: location(node) });
    }
    for (const name of identifiers(list(node, 'indirection'))) {
      if (name !== undefined) this.#uses.push(columnUse(name, typed(node.arg)?.node ?? {}));
    }
    if (type === 'ColumnRef') {
      const [name, table] = identifiers(list(node, 'fields')).toReversed();
      if (name !== undefined && table !== undefined) this.#columns.push({ table, use: columnUse(name, node) });
    }
    if (type === 'RangeFunction' && mayBeScalar(node)) {
      const alias = child(node, 'alias');
      if (alias) this.#functionsInFrom.add(text(alias, 'aliasname'));
      else this.#unnamedFunctionInFrom = true;
    }
  }

  /**
   * Without the plain columns. `t.name` can call name(t) with a scalar where t is a function in FROM; with a row, only a
   * function of any type takes it, and those that are PostgreSQL's own and do something begin with pg_.
   */
  all(): readonly FunctionUse[] {
    const calling = this.#columns.filter(
      ({ table, use }) => this.#unnamedFunctionInFrom || this.#functionsInFrom.has(table) || use.name.startsWith('pg_'),
    );
    return [...this.#uses, ...calling.map(({ use }) => use)];
  }
}

/** Whether a function in FROM may return plain values: one with a list of columns, or two names for them, returns rows. */
function mayBeScalar(functionInFrom: Node): boolean {
  return (
    list(functionInFrom, 'coldeflist').length === 0 && list(child(functionInFrom, 'alias') ?? {}, 'colnames').length < 2
  );
}

function columnUse(name: string, node: Node): FunctionUse {
  return { schema: undefined, name, maybeColumn: true, at: location(node) };
}
