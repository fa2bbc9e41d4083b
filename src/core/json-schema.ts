import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { GatewayError } from './errors.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (2020-12, MCP's default dialect) that clients see of a valibot schema. `typeMode` chooses the side:
 * arguments before parsing, results after. Throws `bad_config` on what cannot be shown (trim, check, brand, date, bigint,
 * flagged regexes), so that a bad schema fails the start and the tests, never a client.
 */
export function describeSchema(schema: v.GenericSchema, typeMode: 'input' | 'output', owner: string): JsonSchema {
  let json: Record<string, unknown>;
  try {
    json = { ...toJsonSchema(schema, { typeMode, target: 'draft-2020-12', errorMode: 'throw' }) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError('bad_config', `${owner}: its ${typeMode} schema has no JSON Schema form: ${why}`, { cause });
  }
  delete json.$schema;
  if (json.type !== 'object') {
    throw new GatewayError('bad_config', `${owner}: its ${typeMode} schema must be an object at the top`);
  }
  return json;
}
