import { describe, expect, test } from 'vitest';
import { describeSchema } from '../../../src/core/json-schema.ts';
import { type PostgresConfig, settingsOf } from '../../../src/plugins/postgres/config.ts';
import { postgresPlugin } from '../../../src/plugins/postgres/plugin.ts';

const parse = (block: unknown) => postgresPlugin.parseConfig(block) as PostgresConfig;

test('nothing configured means the embedded database, called main', () => {
  expect(settingsOf(parse(undefined))).toEqual([
    {
      id: 'main',
      url: 'embedded',
      settings: {
        pool: { min: 2, max: 10, waitMs: 5000 },
        statementTimeoutMs: 10_000,
        maxRows: 10_000,
        resultBytes: 1_048_576,
        valueCharacters: 65_536,
        allowFunctions: [],
      },
    },
  ]);
});

test('a database may have settings of its own over those of all', () => {
  const block = {
    databases: {
      first: 'postgres://u:p@a/x',
      second: { url: 'postgres://u:p@b/y', pool: { max: 1 }, statementTimeoutMs: 500, allowFunctions: ['f'] },
    },
    pool: { min: 3, max: 5 },
    statementTimeoutMs: 2000,
  };
  const [first, second] = settingsOf(parse(block));
  expect(first?.settings).toMatchObject({ pool: { min: 3, max: 5, waitMs: 5000 }, statementTimeoutMs: 2000 });
  expect(second?.settings).toMatchObject({ pool: { min: 1, max: 1 }, statementTimeoutMs: 500, allowFunctions: ['f'] });
});

describe('a mistake in the configuration', () => {
  test.each<[string, unknown, RegExp]>([
    [
      'a URL of another database',
      { databases: { main: 'mysql://u:hunter2@h/db' } },
      /databases\.main: .*postgres:\/\//,
    ],
    ['a bad port', { databases: { main: { url: 'postgres://u:hunter2@h:x/db' } } }, /databases\.main.*port/],
    ['a bad sslmode', { databases: { main: 'postgres://u:hunter2@h/db?sslmode=maybe' } }, /sslmode/],
    ['an id with spaces', { databases: { 'my db': 'embedded' } }, /my db/],
    ['no database', { databases: {} }, /at least one/],
    ['a misspelt key', { databses: {} }, /databases/],
    ['a pool of nothing', { pool: { max: 0 } }, /pool\.max.*1 to 100/],
    ['a text for a number', { maxRows: 'many' }, /maxRows/],
  ])('such as %s is named, and no password with it', (_what, block, message) => {
    expect(() => parse(block)).toThrow(message);
    expect(() => parse(block)).not.toThrow('hunter2');
  });
});

test('every tool can be shown to clients', () => {
  expect(postgresPlugin.tools.map(({ name }) => name)).toEqual([
    'list_databases',
    'execute_sql',
    'list_tables',
    'table_info',
    'query_stats',
  ]);
  for (const { name, input, output } of postgresPlugin.tools) {
    expect(describeSchema(input, 'input', name)).toMatchObject({ type: 'object', additionalProperties: false });
    if (output) expect(describeSchema(output, 'output', name)).toMatchObject({ type: 'object' });
  }
});
