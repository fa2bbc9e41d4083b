import { GatewayError } from './errors.ts';
import { isObject } from './json.ts';
import type { JsonSchema } from './json-schema.ts';

/** A parameter that clients mirror into the header `Mcp-Param-{name}` (2026-07-28, tools, "x-mcp-header"). */
export interface HeaderParameter {
  /** The header as its author writes it. */
  readonly title: string;
  /** The same in lower case, as Node has it. */
  readonly header: string;
  /** Names of nested properties, from the arguments to the value. */
  readonly path: readonly string[];
}

const keyword = 'x-mcp-header';
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const mirrored: readonly unknown[] = ['string', 'integer', 'boolean'];
/** Keywords whose values are data, not schemas. */
const dataKeywords = new Set(['const', 'default', 'enum', 'examples']);

/**
 * The parameters of an input schema that are marked `x-mcp-header`. Throws `bad_config` for a mark that the
 * specification forbids: clients would drop the whole tool.
 */
export function headerParameters(schema: JsonSchema, owner: string): readonly HeaderParameter[] {
  const found: HeaderParameter[] = [];
  for (const mark of marksIn(schema, [])) {
    const problem = problemOf(mark, found);
    if (problem) throw new GatewayError('bad_config', `${owner}: ${keyword} ${problem}`);
    found.push({ title: `Mcp-Param-${mark.name}`, header: headerOf(mark), path: mark.path ?? [] });
  }
  return found;
}

interface Mark {
  readonly name: unknown;
  /** The type of the marked schema. */
  readonly type: unknown;
  /** The way to it by properties; undefined where another keyword is on the way. */
  readonly path: readonly string[] | undefined;
}

function* marksIn(node: unknown, path: readonly string[] | undefined): Generator<Mark> {
  if (Array.isArray(node)) for (const item of node) yield* marksIn(item, undefined);
  if (!isObject(node)) return;
  if (node[keyword] !== undefined) yield { name: node[keyword], type: node.type, path };
  for (const [key, value] of Object.entries(node)) {
    if (key === 'properties' && isObject(value)) {
      for (const [property, schema] of Object.entries(value)) yield* marksIn(schema, path && [...path, property]);
    } else if (!dataKeywords.has(key)) yield* marksIn(value, undefined);
  }
}

function problemOf(mark: Mark, found: readonly HeaderParameter[]): string | undefined {
  const { name, type, path } = mark;
  if (!path || path.length === 0) return 'may only mark properties that are reached by properties alone';
  const where = path.join('.');
  if (typeof name !== 'string' || !token.test(name)) return `of ${where} must be a header name, such as Region`;
  if (!mirrored.includes(type)) return `may not mark ${where}: only strings, integers and booleans are mirrored`;
  return found.some(({ header }) => header === headerOf(mark)) ? `names "${name}" twice` : undefined;
}

function headerOf({ name }: Mark): string {
  return `mcp-param-${String(name).toLowerCase()}`;
}
