/** What an expression may grow to while PostgreSQL plans: it copies columns of subqueries in, and computes constants. */
export interface Measure {
  /** Nodes of the expression once every column of a subquery is replaced by what it stands for. */
  readonly nodes: number;
  /** Bytes of its value, at least 1; what the text does not tell (a table's column, a parameter) counts as 1. */
  readonly bytes: number;
  /** The number it stands for, or something larger; undefined where the text does not tell. */
  readonly number: number | undefined;
}

/** Of something that the statement's text says nothing about. */
export const unknown: Measure = { nodes: 1, bytes: 1, number: undefined };

/** Of an expression made of parts, one node itself. */
export function sumOf(parts: readonly Measure[]): Measure {
  let [nodes, bytes] = [1, 0];
  for (const part of parts) {
    nodes += part.nodes;
    bytes += part.bytes;
  }
  return { nodes, bytes: Math.max(1, bytes), number: undefined };
}

/** Of an expression that is one of several: the largest in each respect. */
export function largestOf(parts: readonly Measure[]): Measure {
  return parts.reduce(
    (one, other) => ({
      nodes: Math.max(one.nodes, other.nodes),
      bytes: Math.max(one.bytes, other.bytes),
      number: largestNumber(one.number, other.number),
    }),
    unknown,
  );
}

function largestNumber(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}
