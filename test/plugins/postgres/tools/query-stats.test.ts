import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queryStats } from '../../../../src/plugins/postgres/tools/query-stats.ts';
import { callTool } from '../../../support/call-tool.ts';
import { listPostgresVersions } from '../../../support/postgres.ts';
import { type TestDatabase, testDeps } from '../../../support/postgres-database.ts';
import { startZoo, type Zoo } from '../../../support/postgres-zoo.ts';

describe.each(listPostgresVersions())('query_stats on PostgreSQL %s', (version) => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo(version);
    await zoo.run('create schema "Stat ""Schema"; create extension pg_stat_statements schema "Stat ""Schema"');
    await zoo.run('grant usage on schema "Stat ""Schema" to reader; select "Stat ""Schema".pg_stat_statements_reset()');
    for (let i = 0; i < 3; i++) await zoo.run('select id, note from shop.orders where total > 0');
    for (let i = 0; i < 5; i++) await zoo.run('select count(*) from shop.customers');
    await zoo.run('begin; set local work_mem = 64; select * from generate_series(1, 20000) g order by -g; commit');
    await zoo.run("insert into shop.scratch (v) select 'v' || g from generate_series(1, 500) g");
    await zoo.run(
      `select ${Array.from({ length: 300 }, (_, index) => `id as column_${index}`).join(', ')} from shop.regions r, shop.orders`,
    );
    await zoo.run("create role with_password password 'open sesame'");
  });
  afterAll(() => zoo.stop());

  const stats = (args: Record<string, unknown> = {}, database: TestDatabase = zoo.admin) =>
    callTool(queryStats, testDeps(database), args);

  test('tells what statements cost, from the extension wherever it lives', async () => {
    const { data } = await stats({ search: 'from shop.orders where' });
    expect(data).toEqual({
      source: 'pg_stat_statements',
      order_by: 'total',
      queries: [
        {
          queryid: expect.stringMatching(/^-?\d+$/),
          query: 'select id, note from shop.orders where total > $1',
          role: 'postgres',
          calls: 3,
          total_ms: expect.any(Number),
          share_pct: expect.any(Number),
          mean_ms: expect.any(Number),
          stddev_ms: expect.any(Number),
          rows: 3000,
          cache_hit_pct: expect.any(Number),
          io_bytes: expect.any(Number),
          temp_bytes: 0,
          wal_bytes: expect.any(Number),
        },
      ],
      matched: 1,
      truncated: false,
      stats_reset: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      dealloc: 0,
      unavailable: [],
    });
    const [[queryid] = []] = await zoo.run(
      `select queryid from "Stat ""Schema".pg_stat_statements where query like '%from shop.orders where total%'`,
    );
    expect(data.queries[0]?.queryid).toBe(String(queryid));
  });

  test.each(['total', 'mean', 'calls', 'rows', 'io', 'temp', 'wal'])('ranks by %s', async (order) => {
    const { data } = await stats({ order_by: order, exclude_internal: false });
    const key = { total: 'total_ms', mean: 'mean_ms', io: 'io_bytes', temp: 'temp_bytes', wal: 'wal_bytes' }[order];
    const values = data.queries.map((query) => query[(key ?? order) as 'calls'] ?? 0);
    expect(data.order_by).toBe(order);
    expect(values.length).toBeGreaterThan(3);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(values[0]).toBeGreaterThan(0);
    if (order === 'temp') expect(data.queries[0]?.query).toContain('order by');
    if (order === 'calls') expect(data.queries[0]?.calls).toBeGreaterThanOrEqual(5);
  });

  test('gives shares of the time of all statements, not of those listed', async () => {
    const all = await stats({ limit: 100, exclude_internal: false });
    const sum = all.data.queries.reduce((total, { share_pct }) => total + (share_pct ?? 0), 0);
    expect(sum).toBeGreaterThan(99);
    expect(sum).toBeLessThan(101);
    const one = await stats({ search: 'from shop.orders where' });
    const same = all.data.queries.find(({ queryid }) => queryid === one.data.queries[0]?.queryid);
    expect(Math.abs((one.data.queries[0]?.share_pct ?? 0) - (same?.share_pct ?? 0))).toBeLessThan(5);
  });

  test('filters by text, number of calls and limit, and says what is left', async () => {
    expect((await stats({ search: 'SHOP.CUSTOMERS' })).data.queries.map(({ calls }) => calls)).toEqual([5]);
    expect((await stats({ search: "'; drop" })).data.queries).toEqual([]);
    const frequent = await stats({ min_calls: 3 });
    expect(frequent.data.queries.map(({ calls }) => calls).sort()).toEqual([3, 5]);
    const { data, text } = await stats({ limit: 1 });
    expect(data.queries).toHaveLength(1);
    expect(data.truncated).toBe(true);
    expect(text).toContain(`1 of ${data.matched} statements by total`);
    expect(text).toContain('raise limit');
  });

  test('leaves out transaction control and catalog reads unless told not to', async () => {
    await zoo.run('select relname from pg_class limit 1');
    const texts = async (exclude: boolean) =>
      (await stats({ limit: 100, exclude_internal: exclude })).data.queries.map(({ query }) => query ?? '');
    const internal = (all: readonly string[]) =>
      all.filter((query) => /^(begin|commit|set )|pg_class|pg_catalog/.test(query));
    expect(internal(await texts(true))).toEqual([]);
    expect(internal(await texts(false)).length).toBeGreaterThanOrEqual(4);
    expect(await texts(true)).toContain('select count(*) from shop.customers');
  });

  test('cuts long texts, and says so', async () => {
    const { data, text } = await stats({ search: 'column_299' });
    expect(data.queries[0]?.query).toHaveLength(1000);
    expect(data.queries[0]?.query_length).toBeGreaterThan(5000);
    expect(text).toContain('Texts that end in … are cut');
  });

  test('does not hand out passwords that the server kept', async () => {
    const { data, text } = await stats({ search: 'with_password' });
    expect(data.queries[0]?.query).toMatch(/password '\*\*\*'|password <REDACTED>|password \$1/);
    expect(text).not.toContain('sesame');
  });

  test('says what a role without pg_read_all_stats may not see', async () => {
    const { data } = await stats({ order_by: 'calls' }, zoo.reader);
    expect(data.queries[0]).toMatchObject({ queryid: null, query: '<insufficient privilege>', role: 'postgres' });
    expect(data.queries[0]?.calls).toBeGreaterThanOrEqual(5);
    expect(data.unavailable).toMatchObject([
      {
        what: expect.stringMatching(/^text and queryid of \d+ statements/),
        fix: 'GRANT pg_read_all_stats TO "reader";',
      },
    ]);
    await zoo.run('grant pg_read_all_stats to reader');
    const granted = await stats({ search: 'shop.customers' }, zoo.reader);
    await zoo.run('revoke pg_read_all_stats from reader');
    expect(granted.data).toMatchObject({ queries: [{ calls: 5 }], unavailable: [] });
  });

  test('falls back to what is running, labelled so and with the fix, where the extension is not created', async () => {
    await zoo.run('create database bare', 'postgres');
    const bare = zoo.open('bare', { database: 'bare' });
    const sleeper = zoo.run("select pg_sleep(20), 'sleeper'", 'bare').catch(() => undefined);
    try {
      await expect
        .poll(async () => (await stats({ search: 'sleeper' }, bare)).data.queries.length, { timeout: 10_000 })
        .toBe(1);
      const { data, text } = await stats({ search: 'sleeper', order_by: 'calls' }, bare);
      expect(data).toMatchObject({
        source: 'pg_stat_activity',
        order_by: 'running_time',
        queries: [{ query: "select pg_sleep(20), 'sleeper'", calls: null, total_ms: null, role: 'postgres' }],
        stats_reset: null,
      });
      expect(data.queries[0]?.pid).toBeGreaterThan(0);
      expect(data.queries[0]?.running_ms).toBeGreaterThanOrEqual(0);
      expect(data.unavailable).toEqual([
        {
          what: 'statistics of past statements (pg_stat_statements)',
          why: 'The library is loaded, but the extension is not created in this database.',
          fix: 'Run CREATE EXTENSION pg_stat_statements in this database, as its owner or a superuser.',
        },
      ]);
      expect(text).toContain('running now (pg_stat_activity)');

      const asReader = await stats({}, zoo.open('bare', { database: 'bare', user: 'reader' }));
      expect(asReader.data.queries).toEqual([]);
      expect(asReader.data.unavailable.at(-1)?.what).toMatch(/^\d sessions of other roles$/);
    } finally {
      await zoo.run(
        "select pg_terminate_backend(pid) from pg_stat_activity where query like '%sleeper%' and pid <> pg_backend_pid()",
      );
      await sleeper;
    }
  });

  test('falls back where the role may not read the extension, with the grants that it lacks', async () => {
    await zoo.run('create database private', 'postgres');
    await zoo.run('create schema hidden; create extension pg_stat_statements schema hidden', 'private');
    const { data } = await stats({}, zoo.open('private', { database: 'private', user: 'reader' }));
    expect(data.source).toBe('pg_stat_activity');
    expect(data.unavailable[0]).toMatchObject({
      why: 'Role reader may not read pg_stat_statements in schema "hidden".',
      fix: expect.stringContaining('GRANT USAGE ON SCHEMA "hidden" TO "reader";'),
    });
    await zoo.run(data.unavailable[0]?.fix ?? '', 'private');
    const after = await stats({}, zoo.open('private', { database: 'private', user: 'reader' }));
    await zoo.run('revoke pg_read_all_stats from reader');
    expect(after.data).toMatchObject({ source: 'pg_stat_statements', unavailable: [] });
  });

  test.each([
    ['1.7', ['wal_bytes, stats_reset, dealloc']],
    ['1.8', ['stats_reset, dealloc']],
    ['1.9', []],
  ])('reads version %s of the extension, as an upgraded server may still have it', async (old, missing) => {
    const name = `old_${old.replace('.', '_')}`;
    await zoo.run(`create database ${name}`, 'postgres');
    await zoo.run(`create extension pg_stat_statements version '${old}'; create table t (id int)`, name);
    await zoo.run('insert into t select g from generate_series(1, 10) g', name);
    const { data } = await stats({ search: 'insert into t', order_by: 'wal' }, zoo.open(name, { database: name }));
    expect(data.queries).toMatchObject([{ calls: 1, rows: 10, wal_bytes: old === '1.7' ? null : expect.any(Number) }]);
    expect(data.queries[0]?.total_ms).toBeGreaterThan(0);
    expect(data.order_by).toBe(old === '1.7' ? 'total' : 'wal');
    expect(data.unavailable.map(({ what }) => what)).toEqual(missing);
  });

  test('needs two queries', async () => {
    const before = zoo.admin.sent();
    await stats();
    expect(zoo.admin.sent() - before).toBe(2);
  });

  describe('on a server that did not load the library', () => {
    let plain: Zoo;
    beforeAll(async () => {
      plain = await startZoo(version, { shared_preload_libraries: 'auto_explain' });
    });
    afterAll(() => plain.stop());

    test('gives the exact statement that keeps the other libraries', async () => {
      const { data } = await stats({}, plain.admin);
      expect(data.source).toBe('pg_stat_activity');
      const [gap] = data.unavailable;
      expect(gap?.why).toContain('did not load the library');
      const [statement] = /ALTER SYSTEM .*?;/.exec(gap?.fix ?? '') ?? [];
      expect(statement).toBe("ALTER SYSTEM SET shared_preload_libraries = 'auto_explain', 'pg_stat_statements';");
      await plain.run(statement ?? '');
      expect(await plain.run("select setting from pg_file_settings where name = 'shared_preload_libraries'")).toEqual([
        ['auto_explain, pg_stat_statements'],
      ]);
      expect(gap?.fix).toContain('CREATE EXTENSION pg_stat_statements');
    });

    test('says so too where the extension is created, and to a role that may not see the setting', async () => {
      await plain.run('create extension pg_stat_statements');
      const { data } = await stats({}, plain.reader);
      expect(data.source).toBe('pg_stat_activity');
      expect(data.unavailable[0]?.why).toContain('The extension is created, but the server did not load its library');
      expect(data.unavailable[0]?.fix).toContain('add pg_stat_statements to shared_preload_libraries');
    });
  });
});
