import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { GatewayError } from './errors.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (2020-12, MCP's default dialect) that clients see of a valibot schema. `typeMode` chooses the side:
 * arguments before parsing, results after. Keywords that valibot has no word for (`x-mcp-header`, `if`, `$defs`, …) come
 * from `v.metadata({ … })` in a pipe and win over those derived; one set to undefined is left out. They are shown only:
 * the valibot schema alone decides what is accepted.
 * Throws `bad_config` on what cannot be shown (trim, check, brand, date, bigint, flagged regexes), so that a bad schema
 * fails the start and the tests, never a client.
 */
export function describeSchema(schema: v.GenericSchema, typeMode: 'input' | 'output', owner: string): JsonSchema {
  let json: Record<string, unknown>;
  try {
    json = { ...toJsonSchema(schema, { typeMode, target: 'draft-2020-12', errorMode: 'throw' }) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError('bad_config', `${owner}: its ${typeMode} schema has no JSON Schema form: ${why}`, { cause });
  }
  const { $schema, $defs } = v.getMetadata(schema) as Readonly<Record<string, unknown>>;
  json.$schema = $schema; // said only where the author says it: clients assume this dialect
  if ($defs !== undefined) json.$defs = { ...(json.$defs as object | undefined), ...$defs };
  if (json.type !== 'object') {
    throw new GatewayError('bad_config', `${owner}: its ${typeMode} schema must be an object at the top`);
  }
  return JSON.parse(JSON.stringify(json)); // plain data: without undefined keywords, and nobody else's objects
}
