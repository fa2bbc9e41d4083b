import { constantNumber } from './constant-number.ts';
import { growth } from './growth.ts';
import type { OutputColumns } from './output-columns.ts';
import { asNode, child, functionName, identifiers, list, type Node, only, text, typed } from './tree.ts';

/** What a growth rule may ask about the arguments of its call. */
export interface Sizes {
  /** Bytes, at least 1. */
  size(value: unknown): number;
  /** The number that a constant expression stands for, or undefined. */
  number(value: unknown): number | undefined;
}

/**
 * About how many bytes an expression's value has, as far as its text tells: PostgreSQL folds constants while it plans,
 * where statement_timeout is not looked at, so that 49 bytes of nested repeat() take gigabytes of a server's memory.
 * What the text does not tell (a table's column, a parameter) counts as one byte. Columns of subqueries are followed.
 */
export class ConstantSizes implements Sizes {
  readonly #columns: OutputColumns;
  readonly #sizes = new Map<Node | string, number>();
  readonly #numbers = new Map<Node | string, number | undefined>();

  constructor(columns: OutputColumns) {
    this.#columns = columns;
  }

  size(value: unknown): number {
    if (Array.isArray(value)) return this.#sum(value);
    const found = typed(value);
    if (!found) return this.#sumOfFields(asNode(value) ?? {});
    return this.#remember(this.#sizes, found.node, 1, () => Math.max(1, this.#sizeOf(found.type, found.node)));
  }

  number(value: unknown): number | undefined {
    const found = typed(value);
    if (!found) return undefined;
    return this.#remember(this.#numbers, found.node, undefined, () => {
      const column = found.type === 'ColumnRef' ? columnName(found.node) : undefined;
      return column === undefined ? constantNumber(found.type, found.node, this) : this.#columnNumber(column);
    });
  }

  #sizeOf(type: string, node: Node): number {
    switch (type) {
      case 'A_Const':
        return text(child(node, 'sval') ?? {}, 'sval').length + text(child(node, 'bsval') ?? {}, 'bsval').length;
      case 'ColumnRef':
        return this.#columnSize(columnName(node));
      case 'FuncCall':
        return growth(functionName(node), list(node, 'args'), node.func_variadic === true, this);
      case 'TypeCast':
        return Math.max(this.size(node.arg), this.#paddedLength(child(node, 'typeName')));
      case 'A_ArrayExpr':
      case 'RowExpr':
        return 2 * this.#sumOfFields(node); // as text, quotes and backslashes within are doubled
      default:
        return this.#sumOfFields(node) * (type.startsWith('Xml') || type.startsWith('Json') ? 6 : 1);
    }
  }

  /** Bytes of `char(n)` and `bit(n)`, which are filled up to their length. */
  #paddedLength(type: Node | undefined): number {
    const name = identifiers(list(type ?? {}, 'names')).at(-1);
    return name === 'bpchar' || name === 'bit' ? (this.number(list(type ?? {}, 'typmods')[0]) ?? 1) : 1;
  }

  #columnSize(name: string | undefined): number {
    if (name === undefined) return 1;
    return this.#remember(this.#sizes, name, 1, () => {
      return this.#columns.named(name).reduce<number>((largest, value) => Math.max(largest, this.size(value)), 1);
    });
  }

  #columnNumber(name: string): number | undefined {
    return this.#remember(this.#numbers, name, undefined, () => {
      const numbers = this.#columns.named(name).map((value) => this.number(value) ?? Number.NEGATIVE_INFINITY);
      const largest = numbers.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
      return largest === Number.NEGATIVE_INFINITY ? undefined : largest;
    });
  }

  #sum(values: readonly unknown[]): number {
    return values.reduce<number>((sum, value) => sum + this.size(value), 0);
  }

  #sumOfFields(node: Node): number {
    return Object.values(node).reduce<number>(
      (sum, value) => (typeof value === 'object' && value !== null ? sum + this.size(value) : sum),
      0,
    );
  }

  /** A value that refers to itself (a recursive WITH) sees `meanwhile` on its second visit. */
  #remember<Value>(
    memory: Map<Node | string, Value>,
    key: Node | string,
    meanwhile: Value,
    compute: () => Value,
  ): Value {
    if (memory.has(key)) return memory.get(key) as Value;
    memory.set(key, meanwhile);
    const value = compute();
    memory.set(key, value);
    return value;
  }
}

/** The column that a reference names, whatever it is qualified with. */
function columnName(reference: Node): string | undefined {
  const last = only(list(reference, 'fields').at(-1), 'String');
  return last && text(last, 'sval');
}
