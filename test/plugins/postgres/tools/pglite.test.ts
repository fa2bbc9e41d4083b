import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listDatabases } from '../../../../src/plugins/postgres/tools/list-databases.ts';
import { listTables } from '../../../../src/plugins/postgres/tools/list-tables.ts';
import { queryStats } from '../../../../src/plugins/postgres/tools/query-stats.ts';
import { tableInfo } from '../../../../src/plugins/postgres/tools/table-info.ts';
import { callTool } from '../../../support/call-tool.ts';
import { type TestDatabase, testDeps } from '../../../support/postgres-database.ts';
import { zooSql } from '../../../support/postgres-zoo.ts';

const support = await import('../../../support/pglite-database.ts').catch(() => {
  console.warn('The optional dependency @electric-sql/pglite is not installed: the tests on it do not run.');
  return undefined;
});

describe.runIf(support)('the catalog tools on PGlite', () => {
  let database: TestDatabase | undefined;
  const deps = () => testDeps(...(database ? [database] : []));
  beforeAll(async () => {
    database = await support?.pgliteDatabase(
      `${await zooSql()} create extension pg_stat_statements; select count(*) as counted from shop.orders;`,
    );
  }, 120_000);
  afterAll(() => database?.close());

  test('list_databases tells of the one there is', async () => {
    const { data } = await callTool(listDatabases, deps(), { include_size: true });
    expect(data).toMatchObject({
      configured: [{ kind: 'embedded', target: 'embedded', state: 'up' }],
      databases: [{ server: 'embedded', name: 'postgres', is_current: true, size_bytes: expect.any(Number) }],
      unavailable: [],
    });
  });

  test('list_tables lists every kind', async () => {
    const { data } = await callTool(listTables, deps(), { schema: 'shop', include_partitions: true });
    expect(data.total).toBe(20);
    expect(data.tables.find(({ name }) => name === 'events')).toMatchObject({ partitions: 3, rows_estimate: 800 });
    expect(data.unavailable).toEqual([]);
  });

  test('table_info describes each table in every part', async () => {
    const { data } = await callTool(listTables, deps(), { detail: 'names', include_partitions: true });
    const include = ['columns', 'constraints', 'foreign_keys', 'indexes', 'triggers', 'policies', 'partitions', 'ddl'];
    for (const { schema, name } of data.tables) {
      const described = await callTool(tableInfo, deps(), { table: name, schema, include });
      expect(described.data.unavailable, name).toEqual([]);
      expect(described.data.ddl, name).toMatch(/^CREATE /);
    }
    const orders = await callTool(tableInfo, deps(), { table: 'shop.orders', include: ['stats', 'foreign_keys'] });
    expect(orders.data.stats).toMatchObject({ counters: { inserted: 1000 }, columns: { length: 7 } });
  });

  test('query_stats reads the extension', async () => {
    const { data } = await callTool(queryStats, deps(), { search: 'as counted from shop.orders' });
    expect(data).toMatchObject({ source: 'pg_stat_statements', queries: [{ calls: 1, rows: 1 }], unavailable: [] });
  });
});
