import type * as v from 'valibot';

/** The parts of a valibot schema that lead from an object to its entries. */
export interface SchemaNode {
  readonly type?: string;
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  readonly wrapped?: SchemaNode;
  readonly item?: SchemaNode;
  readonly value?: SchemaNode;
  readonly options?: readonly SchemaNode[];
}

/** The valid key that a misspelt one most likely stands for, or undefined where none is near. */
export function nearestKey(wrong: string, valid: readonly string[]): string | undefined {
  const squash = (key: string) => key.toLowerCase().replaceAll(/[-_\s]/g, '');
  const target = squash(wrong);
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(target.length / 3)) + 1;
  for (const key of valid) {
    const distance = editDistance(target, squash(key), bestDistance);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = key;
    }
  }
  return best;
}

function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
    }
    previous = current;
  }
  return previous[b.length] ?? limit;
}

/**
 * Says in words what is wrong with a value: one line an issue, each with the path of the value it is about,
 * and for an unknown key the nearest valid one.
 */
export function describeIssues(
  schema: v.GenericSchema,
  issues: readonly v.BaseIssue<unknown>[],
  root?: string,
): string {
  const lines = issues.slice(0, 10).map((issue) => describeIssue(schema as SchemaNode, issue, root));
  if (issues.length > 10) lines.push(`and ${issues.length - 10} more`);
  return lines.join('; ');
}

function describeIssue(schema: SchemaNode, issue: v.BaseIssue<unknown>, root: string | undefined): string {
  const keys = (issue.path ?? []).map((item) => item.key);
  const path = pathText(keys, root);
  const last = keys.at(-1);
  const origin = issue.path?.at(-1)?.origin;
  if (issue.type === 'strict_object' && origin === 'key' && issue.expected === 'never') {
    const valid = validKeys(schema, keys.slice(0, -1));
    const near = nearestKey(String(last), valid);
    const hint = near
      ? `did you mean "${near}"?`
      : valid.length > 0
        ? `valid keys: ${valid.join(', ')}`
        : 'it takes none';
    return `${path}: unknown key, ${hint}`;
  }
  if (origin === 'key' && issue.received === 'undefined') return `${path}: required, but missing`;
  const said = issue.type === 'non_empty' ? 'must not be empty' : issue.message;
  return path === '' ? said : `${path}: ${said}`;
}

/** A path as people write it: `auth.keys[0].name`. */
export function pathText(keys: readonly unknown[], root = ''): string {
  let text = root;
  for (const key of keys) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text;
}

/** The keys that the object at that path of a schema may have; none where it is not an object of known keys. */
export function validKeys(schema: SchemaNode, path: readonly unknown[]): string[] {
  let nodes: SchemaNode[] = unwrap(schema);
  for (const key of path) {
    nodes = nodes.flatMap((node) => {
      const child = node.entries?.[String(key)] ?? (typeof key === 'number' ? node.item : undefined) ?? node.value;
      return child ? unwrap(child) : [];
    });
  }
  return [...new Set(nodes.flatMap((node) => Object.keys(node.entries ?? {})))];
}

/** The schemas that a value may have to fit: through optional and nullable, and every option of a union. */
export function unwrap(node: SchemaNode): SchemaNode[] {
  if (node.wrapped) return unwrap(node.wrapped);
  if (node.options && typeof node.options[0] === 'object') return node.options.flatMap(unwrap);
  return [node];
}
