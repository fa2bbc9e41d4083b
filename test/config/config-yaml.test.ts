import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { shortcuts } from '../../src/config/overrides.ts';
import { isBlock } from '../../src/config/problems.ts';
import { builtInPlugins } from '../../src/plugins/index.ts';

const file = resolve('config.yaml');
const text = readFileSync(file, 'utf8');
const env = { XDG_DATA_HOME: '/data' };

/** What the gateway makes of a configuration, each plugin's settings parsed and its port resolved. */
async function meaningOf(data: Parameters<typeof loadConfig>[0]) {
  const { config, plugins } = await loadConfig(data);
  const settings = plugins.map((plugin) => {
    const block = config.plugins.get(plugin.name);
    return [plugin.name, block?.port ?? plugin.defaultPort, plugin.parseConfig(block?.settings)];
  });
  return { ...config, plugins: settings, privateFiles: [] };
}

describe('config.yaml', () => {
  test('says exactly what holds without it', async () => {
    const written = await meaningOf({ builtIn: builtInPlugins, file, env });
    expect(written).toEqual(await meaningOf({ builtIn: builtInPlugins, data: {}, env }));
    expect(written.plugins.map(([name]) => name)).toEqual(builtInPlugins.map(({ name }) => name));
  });

  test('mentions every key, at its place or in a comment', () => {
    expect(missingKeys(configJsonSchema(builtInPlugins), parse(text), '')).toEqual([]);
  });

  test('fits the published JSON Schema', () => {
    const published = JSON.parse(readFileSync('dist/config.schema.json', 'utf8'));
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { uri: true } }).compile(published);
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  test('names every variable that works by itself', () => {
    for (const name of ['DATABASE_URL', 'MCP_GATEWAY_KEY', ...Object.keys(shortcuts)]) {
      expect(text).toMatch(new RegExp(`^# +.*\\b${name}\\b`, 'm'));
    }
  });
});

/** Keys of the schema that the file neither sets nor names in a comment as `key:`. */
function missingKeys(schema: unknown, written: unknown, path: string): string[] {
  if (!isBlock(schema) || !isBlock(schema.properties)) return [];
  return Object.entries(schema.properties).flatMap(([key, value]) => {
    const there = isBlock(written) && key in written;
    const named = there || new RegExp(`^ *#.*\\b${key}\\b"?:`, 'm').test(text);
    if (!named) return [`${path}${key}`];
    return missingKeys(value, there ? written[key] : undefined, `${path}${key}.`);
  });
}
