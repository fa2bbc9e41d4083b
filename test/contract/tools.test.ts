import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { describeTool } from '../../src/core/face.ts';
import { builtInPlugins } from '../../src/plugins/index.ts';

const all = builtInPlugins.flatMap((plugin) =>
  plugin.tools.map((tool) => ({ id: `${plugin.name}.${tool.name}`, plugin, tool })),
);

/** Formats that schemas name as hints for people; their meaning is not checked. */
const formats = { uri: true, date: true, 'date-time': true } as const;

test('there are tools to look at', () => expect(all.length).toBeGreaterThan(30));

test('no two tools of a plugin share a name', () => {
  for (const { tools } of builtInPlugins) expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length);
});

describe.each(all)('$id', ({ id, plugin, tool }) => {
  const description = describeTool(tool.name, tool);

  test('has a name that stays within 64 characters on the aggregate, behind LiteLLM’s own prefix too', () => {
    expect(`${plugin.name}__${tool.name}`).toMatch(/^[a-z0-9_]{1,50}$/);
  });

  test('says in one or a few sentences what it does', () => {
    expect(tool.title.length).toBeGreaterThan(2);
    expect(tool.description).toMatch(/^[A-Z].*\.$/s);
    expect(tool.description.length).toBeLessThanOrEqual(1024);
  });

  test('does not claim to be both read-only and destructive', () => {
    expect(tool.annotations.readOnlyHint && tool.annotations.destructiveHint).toBe(false);
  });

  test('takes a closed object whose every argument is explained', () => {
    const { inputSchema } = description;
    expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    for (const [name, schema] of Object.entries(
      (inputSchema.properties ?? {}) as Record<string, { description?: string }>,
    )) {
      expect([name, typeof schema.description]).toEqual([name, 'string']);
    }
  });

  test('has schemas that a strict validator of JSON Schema 2020-12 takes', () => {
    for (const schema of [description.inputSchema, description.outputSchema ?? { type: 'object' }]) {
      expect(() =>
        new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false, formats }).compile({ ...schema }),
      ).not.toThrow();
    }
  });

  test('looks the same to clients as last time', async () => {
    await expect(`${JSON.stringify(description, null, 2)}\n`).toMatchFileSnapshot(`snapshots/${id}.json`);
  });
});
