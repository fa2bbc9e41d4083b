import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { ToolContext } from '../../../../src/core/tool.ts';
import type { Database, PostgresDeps, QueryRequest, QueryResult } from '../../../../src/plugins/postgres/deps.ts';
import { executeSql } from '../../../../src/plugins/postgres/tools/execute-sql.ts';

const table: QueryResult = {
  columns: [
    { name: 'id', type: 'int4' },
    { name: 'id', type: 'int8' },
    { name: '__proto__', type: 'text' },
    { name: 'note', type: 'text' },
  ],
  rows: [
    [1, '9007199254740993', 'p', 'plain'],
    [2, null, '', 'a "quoted", text\nin two lines'],
  ],
  truncated: false,
  truncatedBy: null,
  limitApplied: true,
  durationMs: 1.5,
  notices: [],
};

async function call(args: Record<string, unknown>, result: QueryResult = table) {
  const asked: QueryRequest[] = [];
  const database: Pick<Database, 'query'> = {
    query: async (request) => {
      asked.push(request);
      return result;
    },
  };
  const deps = { database: () => database } as unknown as PostgresDeps;
  const context = { deps, signal: new AbortController().signal } as ToolContext<PostgresDeps>;
  const data = await executeSql.handler(context, v.parse(executeSql.input, args));
  if (!executeSql.output) throw new Error('it has an output schema');
  const output = v.parse(executeSql.output, data);
  return { asked, output, text: executeSql.toText?.(output) ?? '' };
}

test('gives rows as arrays unless asked otherwise', async () => {
  const { asked, output } = await call({ sql: 'select 1' });
  expect(asked).toEqual([
    { sql: 'select 1', params: [], maxRows: 100, offset: 0, timeoutMs: Number.POSITIVE_INFINITY },
  ]);
  const expected = { rows: table.rows, row_count: 2, truncated: false, next_offset: null, limit_applied: true };
  expect(output).toMatchObject(expected);
  expect('csv' in output).toBe(false);
});

test('gives objects in which no column is lost, whatever its name', async () => {
  const { output } = await call({ sql: 'select 1', format: 'objects' });
  expect(output.columns.map(({ name }) => name)).toEqual(['id', 'id_2', '__proto__', 'note']);
  expect(JSON.stringify(output.rows[0])).toBe('{"id":1,"id_2":"9007199254740993","__proto__":"p","note":"plain"}');
});

test('numbers a repeated name past one that is there already', async () => {
  const columns = ['a', 'a', 'a_2'].map((name) => ({ name, type: 'int4' }));
  const { output } = await call({ sql: 'select 1', format: 'objects' }, { ...table, columns, rows: [[1, 2, 3]] });
  expect(output.rows).toEqual([{ a: 1, a_3: 2, a_2: 3 }]);
});

test('gives CSV in which NULL and the empty text differ', async () => {
  const { output, text } = await call({ sql: 'select 1', format: 'csv' });
  const csv = 'id,id_2,__proto__,note\r\n1,9007199254740993,p,plain\r\n2,,"","a ""quoted"", text\nin two lines"\r\n';
  expect(output).toMatchObject({ csv, rows: [], row_count: 2 });
  expect(text.startsWith(csv)).toBe(true);
});

test('says how to read on where rows were left out', async () => {
  const cut = { ...table, truncated: true, truncatedBy: 'rows' as const };
  const { output, text } = await call({ sql: 'select 1', offset: 40, max_rows: 2 }, cut);
  expect(output).toMatchObject({ truncated: true, truncated_by: 'rows', next_offset: 42 });
  expect(text).toContain('offset=42');
  expect(text).toContain('ORDER BY');
});

test('says so where the size of the result was the bound, and hands notices on', async () => {
  const cut = { ...table, truncated: true, truncatedBy: 'bytes' as const, notices: ['NOTICE: mind the gap'] };
  const { output, text } = await call({ sql: 'select 1' }, cut);
  expect(output).toMatchObject({ truncated_by: 'bytes', next_offset: 2, notices: ['NOTICE: mind the gap'] });
  expect(text).toContain('select fewer columns');
  expect(text).toContain('mind the gap');
});

test('reads well as text: names with types, then a row a line', async () => {
  const { text } = await call({ sql: 'select 1' });
  expect(text.split('\n').slice(0, 2)).toEqual([
    'id int4, id int8, __proto__ text, note text',
    '[1,"9007199254740993","p","plain"]',
  ]);
  expect(text).toContain('2 rows in 1.5 ms.');
});

test.each([
  [{}, 'sql'],
  [{ sql: 'select 1', max_rows: 0 }, 'max_rows'],
  [{ sql: 'select 1', max_rows: 10_001 }, 'max_rows'],
  [{ sql: 'select 1', offset: -1 }, 'offset'],
  [{ sql: 'select 1', format: 'xml' }, 'format'],
  [{ sql: 'select 1', limit: 5 }, 'limit'],
])('refuses %j', (args, key) => {
  const { issues } = v.safeParse(executeSql.input, args);
  expect(issues?.[0].path?.[0].key).toBe(key);
});
