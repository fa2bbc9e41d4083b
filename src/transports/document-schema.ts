import { isObject } from '../core/json.ts';
import type { JsonSchema } from '../core/json-schema.ts';

const localRef = /^#\/\$defs\/(.+)$/;

/**
 * A tool's schema for use inside a larger document, where `#/` no longer is the schema: its definitions move to
 * `components`, under names that begin with the owner's, and its references follow.
 */
export function documentSchema(schema: JsonSchema, owner: string, components: Record<string, unknown>): unknown {
  const { $defs, ...rest } = schema;
  if (!isObject($defs)) return schema;
  const nameOf = (definition: string) => `${owner}.${definition.replaceAll(/[^\w.-]/g, '_')}`;
  const moved = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(moved);
    if (!isObject(node)) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => {
        const definition = key === '$ref' && typeof value === 'string' ? localRef.exec(value)?.[1] : undefined;
        return [key, definition === undefined ? moved(value) : `#/components/schemas/${nameOf(definition)}`];
      }),
    );
  };
  for (const [name, definition] of Object.entries($defs)) components[nameOf(name)] = moved(definition);
  return moved(rest);
}
