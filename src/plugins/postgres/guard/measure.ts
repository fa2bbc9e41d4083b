/** What an expression may grow to while PostgreSQL plans: it copies columns of subqueries in, and computes constants. */
export interface Measure {
  /** Nodes of the expression once every column of a subquery is replaced by what it stands for. */
  readonly nodes: number;
  /** Bytes of its value, at least 1; what the text does not tell (a table's column, a parameter) counts as 1. */
  readonly bytes: number;
  /** How many of those bytes were written into JSON or XML before, and grow less when they are once more. */
  readonly escaped: number;
  /** The number it stands for, or something larger; undefined where the text does not tell. */
  readonly number: number | undefined;
}

/** Of something that the statement's text says nothing about. */
export const unknown: Measure = { nodes: 1, bytes: 1, escaped: 0, number: undefined };

/** Of an expression made of parts, one node itself. */
export function sumOf(parts: readonly Measure[]): Measure {
  let [nodes, bytes, escaped] = [1, 0, 0];
  for (const part of parts) {
    nodes += part.nodes;
    bytes += part.bytes;
    escaped += part.escaped;
  }
  return { nodes, bytes: Math.max(1, bytes), escaped, number: undefined };
}

/** Of an expression that is one of several: the largest in each respect. */
export function largestOf(parts: readonly Measure[]): Measure {
  return parts.reduce(
    (one, other) => ({
      nodes: Math.max(one.nodes, other.nodes),
      bytes: Math.max(one.bytes, other.bytes),
      escaped: Math.min(one.escaped, other.escaped),
      number: largestNumber(one.number, other.number),
    }),
    unknown,
  );
}

/** Of a value that is written into another, each byte of which may need so many. */
export function grown(measure: Measure, factor: number): Measure {
  return { ...measure, bytes: measure.bytes * factor, escaped: measure.escaped * factor };
}

/**
 * Of a text written into JSON or XML. A byte takes up to six (`\u0001`, `&quot;`); of what was escaped before only the
 * backslashes, quotes and ampersands grow, and none of those to more than twice what it was.
 */
export function escaped(measure: Measure): Measure {
  const bytes = 6 * (measure.bytes - measure.escaped) + 2 * measure.escaped;
  return { ...measure, bytes, escaped: bytes };
}

function largestNumber(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}
