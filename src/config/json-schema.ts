import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import type { Plugin } from '../core/plugin.ts';
import { isBlock } from './problems.ts';
import { ConfigFile, PluginKeys } from './schema.ts';

type JsonSchema = Record<string, unknown>;

const variable = { $ref: '#/$defs/variable' };

/**
 * The JSON Schema (2020-12) of config.yaml, for editors: each plugin's block with the plugin's own keys. What only code can
 * check is left to the loader. Every plain value may also be a text with a variable in it.
 */
export function configJsonSchema(plugins: readonly Plugin[]): JsonSchema {
  const root = convert(ConfigFile);
  const { properties: ownKeys } = convert(PluginKeys);
  const { enabled, port, module } = isBlock(ownKeys) ? ownKeys : {};
  const blocks = plugins.map(({ name, title, defaultPort, config }) => {
    const block = convert(config);
    const ownPort = defaultPort === undefined || !isBlock(port) ? port : { ...port, default: defaultPort };
    const properties = { enabled, port: ownPort, ...propertiesOf(block) };
    return [name, { description: `${title}.`, ...block, properties }];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of mcp-sse-gateway',
    ...root,
    properties: {
      ...propertiesOf(root),
      plugins: {
        type: 'object',
        description: 'The tool domains. A built-in one that is not named here runs with its defaults.',
        properties: Object.fromEntries(blocks),
        additionalProperties: {
          type: 'object',
          description: 'A plugin that is not built in.',
          properties: { enabled, port, module },
          required: ['module'],
        },
      },
    },
    $defs: {
      variable: {
        type: 'string',
        description: `A text with a variable of the environment: \${NAME} or \${NAME:-default}.`,
        pattern: String.raw`\$\{`,
      },
    },
  };
}

function convert(schema: v.GenericSchema): JsonSchema {
  const json = toJsonSchema(schema, { typeMode: 'input', target: 'draft-2020-12', errorMode: 'ignore' });
  const { $schema, ...converted } = json as JsonSchema;
  return withVariables(converted);
}

function propertiesOf(schema: JsonSchema): JsonSchema {
  return isBlock(schema.properties) ? schema.properties : {};
}

/** Lets every value that is more than free text be a variable instead, and drops empty lists of required keys. */
function withVariables(schema: JsonSchema): JsonSchema {
  const { required, properties, items, additionalProperties, anyOf, ...rest } = schema;
  const result: JsonSchema = { ...rest };
  if (Array.isArray(required) && required.length > 0) result.required = required;
  if (isBlock(properties)) {
    const inside = Object.entries(properties).map(([key, value]) => [
      key,
      isBlock(value) ? withVariables(value) : value,
    ]);
    result.properties = Object.fromEntries(inside);
  }
  if (isBlock(items)) result.items = withVariables(items);
  if (additionalProperties !== undefined) {
    result.additionalProperties = isBlock(additionalProperties)
      ? withVariables(additionalProperties)
      : additionalProperties;
  }
  if (Array.isArray(anyOf)) result.anyOf = anyOf.map((option) => (isBlock(option) ? withVariables(option) : option));
  return isRestricted(schema) ? orVariable(result) : result;
}

function isRestricted({ type, enum: options, const: only, pattern, format, minLength }: JsonSchema): boolean {
  if (options !== undefined || only !== undefined || type === 'number' || type === 'integer' || type === 'boolean')
    return true;
  return type === 'string' && (pattern !== undefined || format !== undefined || minLength !== undefined);
}

function orVariable({ description, default: fallback, ...value }: JsonSchema): JsonSchema {
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [value, variable],
  };
}
