import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PostgresDeps, QueryRequest, QueryResult } from '../../../src/plugins/postgres/deps.ts';
import { openTestDatabases } from '../../support/open-databases.ts';
import { listPostgresVersions, type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { startTcpServer } from '../../support/tcp-server.ts';
import { eventually, failureOf } from './server/support.ts';

describe.each(listPostgresVersions())('a database on PostgreSQL %s', (version) => {
  let server: PostgresServer;
  let databases: PostgresDeps;

  beforeAll(async () => {
    server = await startPostgres(version, { password: 'hunter2' });
    const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
    await sql.unsafe(`
      create table customers(id int primary key, full_name text, "Größe" int, balance numeric);
      insert into customers select g, 'name ' || g, g, g / 3.0 from generate_series(1, 500) g;
      create schema sales;
      create table sales.invoices(id int, customer_id int);
      create function area(width int, height int) returns int language sql immutable as 'select width * height';
      create function slow_wave() returns int language sql volatile as 'select 1';
    `);
    await sql.end();
    databases = await openTestDatabases({
      databases: { main: server.url, tight: { url: server.url, statementTimeoutMs: 300 } },
      valueCharacters: 1000,
    });
  });
  afterAll(async () => {
    await databases.close();
    await server.stop();
  });

  function query(sql: string, more: Partial<QueryRequest> & { id?: string } = {}): Promise<QueryResult> {
    const request = { sql, params: [], maxRows: 100, offset: 0, timeoutMs: 5000, ...more };
    return databases.database(more.id).query(request, new AbortController().signal);
  }

  test('answers with decoded values and the names of types', async () => {
    const result = await query(
      `select id, balance, array[id, null] as list, '{"a":1}'::jsonb as j from customers order by id`,
      { maxRows: 2 },
    );
    expect(result.columns).toEqual([
      { name: 'id', type: 'int4' },
      { name: 'balance', type: 'numeric' },
      { name: 'list', type: 'int4[]' },
      { name: 'j', type: 'jsonb' },
    ]);
    expect(result.rows[1]).toEqual([2, '0.66666666666666666667', [2, null], { a: 1 }]);
    expect(result).toMatchObject({ truncated: true, truncatedBy: 'rows', limitApplied: true, notices: [] });
    expect(result.durationMs).toBeGreaterThan(0);
  });

  test('pages through a result without gaps, whether or not the statement has a limit of its own', async () => {
    for (const sql of ['select id from customers order by id', 'select id from customers order by id limit 250']) {
      const ids: unknown[] = [];
      for (let offset = 0; ; ) {
        const page = await query(sql, { maxRows: 90, offset });
        ids.push(...page.rows.flat());
        if (!page.truncated) break;
        offset += page.rows.length;
      }
      const total = sql.endsWith('250') ? 250 : 500;
      expect(ids).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    }
  });

  test('takes parameters of every JSON type', async () => {
    const result = await query(
      'select $1::text, $2::int, $3::bool, $4::int[], $5::jsonb, $6::text, $7::jsonb, $8::float8',
      {
        params: ['a "b"', 7, true, [1, null], { x: ['y'] }, null, [1, 2], 1.5],
      },
    );
    expect(result.rows).toEqual([['a "b"', 7, true, [1, null], { x: ['y'] }, null, [1, 2], 1.5]]);
  });

  test('cuts long values and says so', async () => {
    const result = await query("select repeat('x', 5000) as long");
    expect(result.rows[0]?.[0]).toBe(`${'x'.repeat(1000)}… [cut: 5000 characters in all]`);
    expect(result.notices.join()).toContain('1 value was cut to 1000 characters');
  });

  test.each([
    ['select * from customer', '42P01', 'Line 1, column 15', 'Did you mean: public.customers'],
    ['select *\nfrom invoices', '42P01', 'Line 2, column 6', 'sales.invoices'],
    ['select fullname from customers', '42703', 'Line 1, column 8', 'customers.full_name'],
    ['select c.balanse\n from customers c', '42703', 'Line 1, column 8', 'customers.balance'],
    [`select '😀', "grösse" from customers`, '42703', 'Line 1, column 14', 'customers."Größe"'],
    ["select area('x'::text)", '42883', 'Line 1, column 8', 'area(width integer, height integer)'],
    ["select 'x'::int", '22P02', 'Line 1, column 8', 'invalid input syntax'],
    ['select 1/(id - 1) from customers', '22012', 'SQLSTATE', 'division by zero'],
  ])('explains what is wrong with %s', async (sql, sqlstate, place, help) => {
    const failure = await failureOf(query(sql));
    expect(failure.details).toMatchObject({ sqlstate });
    expect(failure.message).toContain(place);
    expect(failure.message).toContain(help);
  });

  test('suggests the function that was meant by one that there is not', async () => {
    const failure = await failureOf(query('select cout(*), arae(1, 2) from customers'));
    expect(failure.code).toBe('denied');
    expect(failure.message).toMatch(/no function of that name \(did you mean (?:.*, )?count\b.*\?\)/);
    expect((await failureOf(query('select arae(1, 2)'))).message).toMatch(/did you mean (?:.*, )?area\b/);
  });

  test('points at the mistake with a caret', async () => {
    const { message } = await failureOf(query('select id,\n  nam\nfrom customers'));
    const lines = message.split('\n');
    const at = lines.findIndex((line) => line.trim() === '^');
    expect(lines[at - 1]?.slice(lines[at]?.indexOf('^'))).toBe('nam');
  });

  test('asks for the right number of parameters', async () => {
    const failure = await failureOf(query('select $1::int, $2::int', { params: [1] }));
    expect(failure.code).toBe('invalid_input');
    expect(failure.message).toContain('exactly one value for each of $1, $2');
  });

  test('gives no statement more time than the configuration does', async () => {
    const failure = await failureOf(
      query('select count(*) from generate_series(1, 1000000000)', { id: 'tight', timeoutMs: 60_000 }),
    );
    expect(failure.code).toBe('timeout');
    expect(failure.message).toContain('300 ms');
  });

  test("lets functions of the users' own run, read-only as everything", async () => {
    expect((await query('select slow_wave(), area(2, 3)')).rows).toEqual([[1, 6]]);
  });

  test('knows its version', async () => {
    expect(Math.floor((await databases.database('main').versionNum()) / 10_000)).toBe(Number(version));
  });

  test('is named back where the id is wrong', async () => {
    expect(() => databases.database('mian')).toThrow(
      'There is no database "mian". Did you mean "main"? Configured are: main, tight.',
    );
  });

  test('is healthy while it answers, and degraded with the reason while it does not', async () => {
    expect(await databases.health()).toMatchObject({
      status: 'healthy',
      checks: { main: { state: 'up', target: `127.0.0.1:${server.port}/postgres` }, tight: { state: 'up' } },
    });
    await server.kill();
    await eventually(async () => (await databases.health()).status === 'degraded', 5000);
    const health = await databases.health();
    expect(health.reason).toContain('connection refused');
    expect(health.checks).toMatchObject({
      main: { state: 'down', reason: expect.stringContaining('Start the server') },
    });
    expect(JSON.stringify(health)).not.toContain('hunter2');
    await server.restart();
    await eventually(async () => (await databases.health()).status === 'healthy', 5000);
    expect((await query('select 1 as one')).rows).toEqual([[1]]);
  });
});

test('databases that are away neither delay the start nor each other, and nothing shows a password', async () => {
  const mute = await startTcpServer(() => undefined);
  const lines: string[] = [];
  const at = performance.now();
  const databases = await openTestDatabases(
    {
      databases: {
        mute: `postgres://u:hunter2@127.0.0.1:${mute.port}/db?connect_timeout=1&frobnicate=hunter2`,
        closed: 'postgres://u:hunter2@127.0.0.1:1/db',
      },
    },
    lines,
  );
  try {
    expect(performance.now() - at).toBeLessThan(1000);
    const health = await databases.health();
    expect(health.status).toBe('degraded');
    const signal = new AbortController().signal;
    const request = { sql: 'select 1', params: [], maxRows: 1, offset: 0, timeoutMs: 1000 };
    const failures = await Promise.all(
      ['mute', 'closed'].map((id) => failureOf(databases.database(id).query(request, signal))),
    );
    expect(failures.map(({ code }) => code)).toEqual(['unavailable', 'unavailable']);
    const said = [
      JSON.stringify(health),
      JSON.stringify(await databases.health()),
      ...lines,
      ...failures.map(String),
    ].join();
    expect(said).toContain('frobnicate');
    expect(said).not.toContain('hunter2');
  } finally {
    await databases.close();
    await mute.close();
  }
});
