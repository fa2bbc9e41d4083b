import { Ajv2020 } from 'ajv/dist/2020.js';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { describeTool } from '../../../../src/core/face.ts';
import type { Tool } from '../../../../src/core/tool.ts';
import { listDatabases } from '../../../../src/plugins/postgres/tools/list-databases.ts';
import { listTables } from '../../../../src/plugins/postgres/tools/list-tables.ts';
import { queryStats } from '../../../../src/plugins/postgres/tools/query-stats.ts';
import { tableInfo } from '../../../../src/plugins/postgres/tools/table-info.ts';

const tools = [listDatabases, listTables, tableInfo, queryStats].map((tool) => tool as unknown as Tool);

describe.each(tools)('$name', (tool) => {
  const described = describeTool(tool.name, tool);

  test('has schemas that any client can compile', () => {
    const ajv = new Ajv2020({ strict: true });
    for (const schema of [described.inputSchema, described.outputSchema ?? {}]) {
      expect(() => ajv.compile(schema)).not.toThrow();
    }
  });

  test('says of every parameter what it is for, in few words', () => {
    for (const [name, property] of Object.entries(described.inputSchema.properties ?? {})) {
      const { description } = property as { description?: string };
      expect(description?.length, name).toBeGreaterThan(10);
      expect(description?.length, name).toBeLessThan(120);
    }
    expect(described.description.length).toBeLessThan(200);
  });

  test('promises to read only', () => {
    expect(described.annotations).toEqual({
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    });
  });

  test('refuses a parameter that it does not have', () => {
    const args = { ...(tool === (tableInfo as unknown) ? { table: 't' } : {}), shema: 'x' };
    expect(v.safeParse(tool.input, args).success).toBe(false);
  });
});
