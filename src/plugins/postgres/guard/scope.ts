import { largestOf, type Measure, sumOf, unknown } from './measure.ts';
import { identifiers, type Node } from './tree.ts';

export interface Column {
  readonly name: string;
  readonly measure: Measure;
}

/** The columns of a query or table. `open` where there are others that the text does not name, such as a table's. */
export interface Columns {
  readonly list: readonly Column[];
  readonly open: boolean;
}

export const noColumns: Columns = { list: [], open: true };

/** More columns than this PostgreSQL refuses itself. */
const maxColumns = 1664;

/** Columns one after another. */
export function joined(all: readonly Columns[]): Columns {
  const list = all.flatMap((columns) => columns.list);
  return { list: list.slice(0, maxColumns), open: list.length > maxColumns || all.some(({ open }) => open) };
}

/** Columns under the names that an alias gives the first of them. Where it is not known which those are, any may be meant. */
export function renamed({ list, open }: Columns, names: readonly unknown[]): Columns {
  if (names.length === 0) return { list, open };
  const any = open ? largestOf(list.map(({ measure }) => measure)) : unknown;
  const given = identifiers(names).map((name = '', index): Column => {
    return { name, measure: open ? any : (list[index]?.measure ?? unknown) };
  });
  return { list: [...given, ...list.slice(open ? 0 : names.length)], open };
}

/** A query of a WITH clause, and where it stands. */
export interface WithQuery {
  readonly node: Node;
  readonly scope: Scope;
  state: 'new' | 'measuring' | { readonly columns: Columns; readonly nodes: number };
}

/** The names that a place in a statement can see: columns of its FROM, then those of the queries around it. */
export class Scope {
  readonly outer: Scope | undefined;
  readonly #tables: { readonly alias: string | undefined; readonly columns: Columns }[] = [];
  readonly #withQueries = new Map<string, WithQuery>();

  constructor(outer: Scope | undefined) {
    this.outer = outer;
  }

  addTable(alias: string | undefined, columns: Columns): void {
    this.#tables.push({ alias, columns });
  }

  addWithQuery(name: string, query: WithQuery): void {
    this.#withQueries.set(name, query);
  }

  withQuery(name: string): WithQuery | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.outer) {
      const found = scope.#withQueries.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** What `column` or `table.column` stands for, or the whole row of a table that is named like a column. */
  column(table: string | undefined, name: string): Measure {
    for (let scope: Scope | undefined = this; scope; scope = scope.outer) {
      const found = scope.#columnHere(table, name);
      if (found) return found;
    }
    return unknown;
  }

  /** The columns of `*` or `table.*`. */
  star(table: string | undefined): Columns {
    const tables = this.#tables.filter(({ alias }) => table === undefined || alias === table);
    if (tables.length === 0 && table !== undefined && this.outer) return this.outer.star(table);
    return joined(tables.map(({ columns }) => columns));
  }

  #columnHere(table: string | undefined, name: string): Measure | undefined {
    const tables = this.#tables.filter(({ alias }) => table === undefined || alias === table);
    const found = tables.flatMap(({ columns }) => columns.list.filter((column) => column.name === name));
    if (found.length > 0) return largestOf(found.map(({ measure }) => measure));
    const row = table === undefined ? this.#tables.find(({ alias }) => alias === name) : undefined;
    // As text, quotes within a row's values are doubled.
    return row && sumOf(row.columns.list.flatMap(({ measure }) => [measure, measure]));
  }
}
