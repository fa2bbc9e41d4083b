/**
 * One object of the parser's JSON tree. A key with a capital is a node's type (`{ FuncCall: { … } }`), any other a field.
 * Fields that hold their type's default (0, false, an empty string) are left out.
 */
export type Node = Readonly<Record<string, unknown>>;

export function asNode(value: unknown): Node | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : undefined;
}

/** The object in that field. */
export function child(node: Node, field: string): Node | undefined {
  return asNode(node[field]);
}

/** The list in that field; empty where there is none. */
export function list(node: Node, field: string): readonly unknown[] {
  const value = node[field];
  return Array.isArray(value) ? value : [];
}

/** The string in that field; empty where there is none. */
export function text(node: Node, field: string): string {
  const value = node[field];
  return typeof value === 'string' ? value : '';
}

/** The byte in the statement's text that the node begins at, where the parser says. */
export function location(node: Node): number | undefined {
  const value = node.location;
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

/** The node, if it is of that type. */
export function only(value: unknown, type: string): Node | undefined {
  const node = asNode(value);
  return node && asNode(node[type]);
}

/** The type of a wrapped node and the node, or undefined for anything else. */
export function typed(value: unknown): { readonly type: string; readonly node: Node } | undefined {
  for (const [type, inner] of Object.entries(asNode(value) ?? {})) {
    const node = asNode(inner);
    if (node && isType(type)) return { type, node };
  }
  return undefined;
}

/** Whether a key of the tree names a node's type, not a field. */
export function isType(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 0x41 && first <= 0x5a;
}

/** The identifiers of a list of String nodes; a star or subscript among them is undefined. */
export function identifiers(values: readonly unknown[]): readonly (string | undefined)[] {
  return values.map((value) => {
    const node = only(value, 'String');
    return node && text(node, 'sval');
  });
}

/** The name of a call of one of PostgreSQL's own functions; empty for a call into another schema. */
export function functionName(call: Node): string {
  const [name, schema, ...rest] = identifiers(list(call, 'funcname')).toReversed();
  return (schema === undefined || schema === 'pg_catalog') && rest.length === 0 ? (name ?? '') : '';
}
