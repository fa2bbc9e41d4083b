import type * as v from 'valibot';
import { nearestKey, type SchemaNode, unwrap, validKeys } from '../core/schema-issues.ts';
import { type ConfigPath, isBlock, type Problem } from './problems.ts';

type Issue = v.BaseIssue<unknown>;

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  Array: 'a list',
  Object: 'a block of keys',
  null: 'null',
};

/** Says what is wrong with a value of the configuration, without the value: it may be a secret. `besides`: see `parseBlock`. */
export function explain(schema: v.GenericSchema, issue: Issue, besides: readonly string[] = []): Problem {
  const innermost = descend(issue);
  const path = pathOf(innermost);
  const problem = (message: string): Problem => ({ path, message });
  if (isUnknownKey(innermost)) return problem(`unknown key, ${keyHint(schema as SchemaNode, path, besides)}`);
  if (innermost.path?.at(-1)?.origin === 'key' && innermost.received === 'undefined') {
    return problem('required, but missing');
  }
  // valibot's own messages end with the value, so only a message that the schema's author wrote is passed on
  if (!innermost.message.endsWith(`eceived ${innermost.received}`)) return problem(innermost.message);
  return problem(describe(innermost));
}

/** Lists where the schema wants a block of keys: valibot takes them for objects, an empty one without a word. */
export function misplacedLists(schemas: readonly SchemaNode[], data: unknown, path: ConfigPath = []): Problem[] {
  const nodes = schemas.flatMap(unwrap);
  if (Array.isArray(data)) {
    const items = nodes.flatMap(({ item }) => item ?? []);
    if (items.length > 0) return data.flatMap((value, index) => misplacedLists(items, value, [...path, index]));
    const wantsBlock = nodes.length > 0 && nodes.every(({ entries, value }) => entries ?? value);
    return wantsBlock ? [{ path, message: 'must be a block of keys, but this is a list' }] : [];
  }
  if (!isBlock(data)) return [];
  return Object.entries(data).flatMap(([key, value]) => {
    const children = nodes.flatMap((node) => node.entries?.[key] ?? node.value ?? []);
    return misplacedLists(children, value, [...path, key]);
  });
}

/** Whether the issue is about a key that its block does not know. */
export function isUnknownKey(issue: Issue): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never' && issue.path?.at(-1)?.origin === 'key';
}

/** The path of the value that an issue is about. */
export function pathOf(issue: Issue): ConfigPath {
  return (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
}

/** Of a value that fits none of several forms, the issue of the form that was got into: `auth.keys[0].nme`, not `auth.keys[0]`. */
export function descend(issue: Issue): Issue {
  if (issue.type !== 'union' || !issue.issues) return issue;
  const inside = issue.issues.filter((inner) => inner.path !== undefined);
  const deeper = inside.find(isUnknownKey) ?? inside[0];
  if (!deeper) return issue;
  return descend({ ...deeper, path: [...(issue.path ?? []), ...(deeper.path ?? [])] as NonNullable<Issue['path']> });
}

function keyHint(schema: SchemaNode, path: ConfigPath, besides: readonly string[]): string {
  const valid = [...validKeys(schema, path.slice(0, -1)), ...(path.length === 1 ? besides : [])];
  const near = nearestKey(String(path.at(-1)), valid);
  if (near) return `did you mean "${near}"?`;
  return valid.length > 0 ? `valid keys: ${valid.join(', ')}` : 'it takes none';
}

function describe(issue: Issue): string {
  const expected = issue.expected ?? '';
  const bound = /^(>=|<=|>|<)(.+)$/.exec(expected);
  if (bound) return `must ${isCounted(issue) ? 'have' : 'be'} ${comparison(bound[1])} ${amount(issue, bound[2])}`;
  if (issue.type === 'non_empty') return 'must not be empty';
  if (issue.kind === 'validation') return `is not a valid ${issue.type.replaceAll('_', ' ')}`;
  const options = expected.replace(/^\((.*)\)$/, '$1').split(' | ');
  const words = options.map((option) => kinds[option] ?? option.replaceAll('"', ''));
  const last = words.pop() ?? 'something else';
  const wanted = words.length > 0 ? `${words.join(', ')} or ${last}` : last;
  return `must be ${wanted}${nearestOption(issue.input, options)}${found(issue.input, options)}`;
}

/** Whether the bound is on how many characters or entries a value has. */
function isCounted({ type }: Issue): boolean {
  return /_(length|entries|size)$/.test(type);
}

function comparison(sign: string | undefined): string {
  return { '>=': 'at least', '<=': 'at most', '>': 'more than', '<': 'less than' }[sign ?? ''] ?? '';
}

function amount(issue: Issue, number: string | undefined): string {
  if (!isCounted(issue)) return number ?? '';
  return `${number} ${typeof issue.input === 'string' ? 'characters' : 'entries'}`;
}

function nearestOption(input: unknown, options: readonly string[]): string {
  const literals = options.filter((option) => option.startsWith('"')).map((option) => option.slice(1, -1));
  const near = typeof input === 'string' ? nearestKey(input, literals) : undefined;
  return near ? `; did you mean "${near}"?` : '';
}

function found(input: unknown, options: readonly string[]): string {
  if (options.some((option) => option.startsWith('"'))) return '';
  if (options.includes('string') && (typeof input === 'number' || typeof input === 'boolean')) {
    return `, but this is ${typeof input === 'number' ? 'a number' : 'true or false'}: put it in quotes`;
  }
  const kind = Array.isArray(input)
    ? 'Array'
    : input === null
      ? 'null'
      : typeof input === 'object'
        ? 'Object'
        : typeof input;
  return `, but this is ${kinds[kind] ?? kind}`;
}
