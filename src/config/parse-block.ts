import * as v from 'valibot';
import type { SchemaNode } from '../core/schema-issues.ts';
import { descend, explain, isUnknownKey, misplacedLists, pathOf } from './explain.ts';
import { type ConfigPath, isBlock, type Problem, pathKey, valueAt } from './problems.ts';

/** More repairs than a file has keys never happen; the bound is there so that a wrong schema cannot loop. */
const maxRepairs = 200;

export interface ParsedBlock<Output> {
  readonly output: Output | undefined;
  /** What was parsed in the end: the raw data with variables turned into what the schema wants. */
  readonly input: unknown;
  readonly problems: readonly Problem[];
}

/**
 * Parses a block with its owner's schema and finds every problem at once. A text that was wholly one variable becomes a number
 * or a boolean where the schema wants that, and where the schema refuses the empty text an empty variable counts as not set.
 * `root` is the block's place in the configuration, which `whole` (see `interpolate`) counts from; `besides` are valid keys of
 * the block that its schema does not know.
 */
export function parseBlock<Schema extends v.GenericSchema>(
  schema: Schema,
  raw: unknown,
  root: ConfigPath,
  whole: ReadonlySet<string>,
  besides: readonly string[] = [],
): ParsedBlock<v.InferOutput<Schema>> {
  const data = structuredClone(raw);
  const found = misplacedLists([schema as SchemaNode], data);
  for (const { path } of found) set(data, path, undefined);
  const tried = new Set<string>();
  const at = (problem: Problem): Problem => ({ ...problem, path: [...root, ...problem.path] });

  for (let repairs = 0; ; repairs++) {
    const parsed = v.safeParse(schema, data);
    if (parsed.success) return { output: parsed.output, input: data, problems: found.map(at) };
    let repaired = false;
    for (const issue of parsed.issues) {
      const inner = descend(issue);
      if (isUnknownKey(inner)) {
        // valibot names one unknown key a block: taken out, the next parse names the next one
        found.push(explain(schema, issue, besides));
        repaired = set(data, pathOf(inner), undefined) || repaired;
        continue;
      }
      const key = pathKey([...root, ...pathOf(inner)]);
      if (!whole.has(key) || tried.has(key)) continue;
      tried.add(key);
      repaired = set(data, pathOf(inner), coerced(valueAt(data, pathOf(inner)), inner.expected ?? '')) || repaired;
    }
    if (!repaired || repairs === maxRepairs) {
      return {
        output: undefined,
        input: data,
        problems: [...found, ...parsed.issues.map((issue) => explain(schema, issue, besides))].map(at),
      };
    }
  }
}

function coerced(value: unknown, expected: string): unknown {
  if (value === '') return undefined;
  if (typeof value !== 'string') return value;
  if (/\bnumber\b/.test(expected) && /^-?[0-9]+(\.[0-9]+)?$/.test(value)) return Number(value);
  if (/\bboolean\b/.test(expected) && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

/** Sets, or takes out where `value` is undefined, what stands at a path; says whether anything changed. */
function set(data: unknown, path: ConfigPath, value: unknown): boolean {
  const parent = valueAt(data, path.slice(0, -1));
  const key = path.at(-1);
  if (key === undefined || typeof parent !== 'object' || parent === null) return false;
  const holder = parent as Record<string | number, unknown>;
  if (!Object.hasOwn(holder, key) || holder[key] === value) return false;
  if (value === undefined && isBlock(parent)) return Reflect.deleteProperty(parent, key);
  if (value === undefined) return false;
  holder[key] = value;
  return true;
}
