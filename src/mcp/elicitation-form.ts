import { isObject, type Params } from './envelope.ts';
import type { ProtocolVersion } from './versions.ts';

/** The revision that brought choices with titles as constants (SEP-1330). */
const titledSince: ProtocolVersion = '2025-11-25';

/**
 * The parameters of an `elicitation/create` as a client of that revision can read them: before 2025-11-25 the titles of a
 * choice stood beside its values, in `enumNames`.
 */
export function formFor(version: ProtocolVersion, params: Params): Params {
  const { requestedSchema } = params;
  if (version >= titledSince || !isObject(requestedSchema) || !isObject(requestedSchema.properties)) return params;
  const properties = Object.entries(requestedSchema.properties).map(([name, schema]) => [name, withEnumNames(schema)]);
  return { ...params, requestedSchema: { ...requestedSchema, properties: Object.fromEntries(properties) } };
}

function withEnumNames(schema: unknown): unknown {
  if (!isObject(schema) || !Array.isArray(schema.oneOf)) return schema;
  const { oneOf, ...rest } = schema;
  const choices: readonly unknown[] = oneOf;
  if (!choices.every((choice) => isObject(choice) && 'const' in choice)) return schema;
  const titled = choices.filter(isObject);
  return {
    ...rest,
    enum: titled.map((choice) => choice.const),
    enumNames: titled.map((choice) => choice.title ?? choice.const),
  };
}
