import { connect } from 'node:net';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../../src/plugins/postgres/engine.ts';
import { listPostgresVersions, type PostgresServer, startPostgres } from '../../../support/postgres.ts';
import { startTcpServer } from '../../../support/tcp-server.ts';
import { eventually, failureOf, openEngine, run } from './support.ts';

describe.each(listPostgresVersions())('on PostgreSQL %s', (version) => {
  let server: PostgresServer;
  let engine: Engine;
  let admin: postgres.Sql;

  beforeAll(async () => {
    server = await startPostgres(version, { password: 'p@ss:w/rd %#' });
    admin = postgres(server.url, { max: 1, onnotice: () => undefined });
    await admin.unsafe(`
      create table t(id int primary key, name text);
      insert into t select g, 'name' || g from generate_series(1, 5000) g;
      create function evil_write() returns int language plpgsql as $$ begin insert into t values (-1); return 1; end $$;
      create function leaves_a_lock() returns int language plpgsql as
        $$ begin perform pg_advisory_lock(42); return 1; end $$;
      create function talks() returns int language plpgsql as
        $$ begin for i in 1..100 loop raise notice 'number %', i; end loop; return 1; end $$;
    `);
    engine = openEngine(server.url);
  });
  afterAll(async () => {
    await engine.close();
    await admin.end();
    await server.stop();
  });

  test('a statement gives its columns and rows as text, with null apart from the word', async () => {
    const found = await run(engine, `select 1 as a, null as a, 'NULL' as "__proto__", '' as e`);
    expect(found.columns.map(({ name }) => name)).toEqual(['a', 'a', '__proto__', 'e']);
    expect(found.rows).toEqual([['1', null, 'NULL', '']]);
    expect([found.cutBy, found.notices]).toEqual([null, []]);
  });

  test('it runs inside a read-only transaction with its time limits, whatever came before it', async () => {
    const settings = ['transaction_read_only', 'statement_timeout', 'standard_conforming_strings', 'application_name'];
    const sql = `select ${settings.map((name) => `current_setting('${name}')`).join(', ')}`;
    const all = await Promise.all(Array.from({ length: 30 }, () => run(engine, sql, { timeoutMs: 1234 })));
    for (const { rows } of all) expect(rows).toEqual([['on', '1234ms', 'on', 'mcp-sse-gateway']]);
  });

  test.each([
    ['select evil_write()', 'denied', '25006'],
    ['insert into t values (-1)', 'denied', '25006'],
    ['set transaction read write', 'upstream', '25001'],
    ['select 1; delete from t', 'upstream', '42601'],
  ])('%s changes nothing even without the guard', async (sql, code, sqlstate) => {
    const failure = await failureOf(run(engine, sql));
    expect([failure.code, failure.details?.sqlstate]).toEqual([code, sqlstate]);
    expect((await admin`select count(*)::int as n from t`)[0]).toEqual({ n: 5000 });
  });

  test('a transaction that the statement ends is noticed, and its connection thrown away', async () => {
    const one = openEngine(server.url, { min: 1, max: 1 });
    try {
      const pid = 'select pg_backend_pid()';
      const [before] = (await run(one, pid)).rows;
      expect((await run(one, pid)).rows).toEqual([before]);
      await run(one, 'commit');
      expect((await run(one, pid)).rows).not.toEqual([before]);
    } finally {
      await one.close();
    }
  });

  test('what outlives a rollback is taken back before the next statement', async () => {
    await run(engine, 'select leaves_a_lock()');
    await eventually(async () => (await admin`select 1 from pg_locks where locktype = 'advisory'`).length === 0);
  });

  test('the rows of SHOW, EXPLAIN and VALUES are not lost', async () => {
    expect((await run(engine, 'show server_version_num')).rows[0]?.[0]).toMatch(`${version}`);
    expect((await run(engine, 'explain select * from t')).rows.join()).toContain('Seq Scan');
    expect((await run(engine, "values (1, 'a'), (2, 'b')")).rows).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ]);
    const all = await run(engine, 'show all', { maxRows: 10 });
    expect([all.rows.length, all.cutBy]).toEqual([10, 'rows']);
  });

  test('rows are cut at the number asked for, and only a result that goes on says so', async () => {
    const sql = 'select id from t order by id limit 100';
    const cut = await run(engine, sql, { maxRows: 99 });
    expect([cut.rows.length, cut.cutBy]).toEqual([99, 'rows']);
    const whole = await run(engine, sql, { maxRows: 100 });
    expect([whole.rows.length, whole.cutBy]).toEqual([100, null]);
    expect((await run(engine, 'select * from t where false')).columns).toHaveLength(2);
  });

  test('skipped rows are read and dropped', async () => {
    const statement = {
      kind: 'show',
      text: 'select id from t order by id',
      limitApplied: false,
      skipRows: 4998,
    } as const;
    const limits = { maxRows: 5, maxBytes: 1_000_000, timeoutMs: 5000 };
    const found = await engine.readOnly(statement, [], limits, new AbortController().signal);
    expect(found).toMatchObject({ rows: [['4999'], ['5000']], cutBy: null });
  });

  test('parameters arrive as the text they are', async () => {
    const sql = 'select $1::jsonb, $2::text[], $3::int, $4::timestamptz, $5::bytea, $6::bool, $7::text';
    const params = ['{"a": [1]}', '{x,"y z",NULL}', '41', '2001-02-03 04:05:06.123456+00', '\\xdeadbeef', 't', null];
    const { rows } = await run(engine, sql, { params });
    expect(rows[0]?.filter((_, index) => index !== 3)).toEqual([...params.slice(0, 3), ...params.slice(4)]);
    expect(rows[0]?.[3]).toContain('.123456');
  });

  test("the wrong number of parameters is the caller's mistake", async () => {
    for (const params of [[], ['1', '2', '3']]) {
      const failure = await failureOf(run(engine, 'select $1::int, $2::int', { params }));
      expect(failure.code).toBe('invalid_input');
      expect(failure.message).toContain('exactly one value for each');
    }
    expect((await run(engine, 'select 1')).rows).toEqual([['1']]);
  });

  test('one huge value is stopped near the byte limit, and the pool goes on', async () => {
    await run(engine, 'select 1');
    const before = process.memoryUsage().rss;
    const failure = await failureOf(run(engine, "select repeat('x', 100000000)"));
    expect(failure.code).toBe('too_large');
    expect(failure.message).toContain('left(column, 1000)');
    expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(60);
    const all = await Promise.all(Array.from({ length: 20 }, () => run(engine, 'select 1')));
    expect(all.flatMap(({ rows }) => rows)).toHaveLength(20);
  });

  test('the rows that came before the byte limit are kept, and said to be cut', async () => {
    const found = await run(engine, "select repeat('x', 1000) from generate_series(1, 100000)", { maxRows: 10_000 });
    expect(found.cutBy).toBe('bytes');
    expect(found.rows.length).toBeGreaterThan(100);
    expect(found.rows.length).toBeLessThan(1100);
    expect(found.rows.every(([text]) => text?.length === 1000)).toBe(true);
  });

  test('statement_timeout ends a slow statement, and the connection is used again', async () => {
    const failure = await failureOf(run(engine, 'select pg_sleep(30)', { timeoutMs: 200 }));
    expect([failure.code, failure.details?.sqlstate]).toEqual(['timeout', '57014']);
    expect((await run(engine, 'select 1')).rows).toEqual([['1']]);
  });

  test('a call that is called off is cancelled on the server within a second', async () => {
    const caller = new AbortController();
    const started = failureOf(
      run(engine, 'select pg_sleep(25) as cancel_me', { timeoutMs: 30_000, signal: caller.signal }),
    );
    const running = () =>
      admin`select 1 from pg_stat_activity where query like '%cancel_me%' and state = 'active' and pid <> pg_backend_pid()`;
    await eventually(async () => (await running()).length === 1);
    const at = performance.now();
    caller.abort();
    expect((await started).code).toBe('cancelled');
    await eventually(async () => (await running()).length === 0);
    expect(performance.now() - at).toBeLessThan(1000);
    expect((await run(engine, 'select 1')).rows).toEqual([['1']]);
  });

  test('a call that was called off before it began is never sent', async () => {
    const failure = await failureOf(run(engine, 'select 1 as never_sent', { signal: AbortSignal.abort() }));
    expect(failure.code).toBe('cancelled');
    const seen =
      await admin`select 1 from pg_stat_activity where query like '%never_sent%' and pid <> pg_backend_pid()`;
    expect(seen).toHaveLength(0);
  });

  test('forty slow statements wait in bounds, and catalog reads still answer at once', async () => {
    const impatient = openEngine(server.url, { max: 10, waitMs: 300 });
    try {
      await run(impatient, 'select 1');
      const at = performance.now();
      const slow = Array.from({ length: 40 }, () =>
        run(impatient, 'select pg_sleep(2)').then(
          () => 'done',
          ({ code, message }) => `${code} ${message}`,
        ),
      );
      const catalogAt = performance.now();
      await impatient.catalog('select 1', []);
      expect(performance.now() - catalogAt).toBeLessThan(1000);
      const outcomes = await Promise.all(slow);
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(10);
      const refused = outcomes.filter((outcome) => outcome !== 'done');
      expect(refused.every((outcome) => /^busy .*10 of 10 running.*pool\.max/.test(outcome))).toBe(true);
      expect(performance.now() - at).toBeLessThan(10_000);
    } finally {
      await impatient.close();
    }
  });

  test('more waiting calls than the queue holds are refused at once', async () => {
    const tiny = openEngine(server.url, { min: 1, max: 1, waitMs: 20_000 });
    try {
      await run(tiny, 'select 1');
      const caller = new AbortController();
      const calls = Array.from({ length: 30 }, () =>
        failureOf(run(tiny, 'select pg_sleep(20)', { signal: caller.signal, timeoutMs: 20_000 })),
      );
      const first = await Promise.race(calls);
      expect(first.code).toBe('busy');
      expect(first.message).toContain('the queue is full');
      caller.abort();
      // The eleventh runs, or waits too where the connection is still rolling back the statement before.
      const codes = (await Promise.all(calls)).map(({ code }) => code);
      expect(codes.filter((code) => code === 'cancelled').length).toBeOneOf([10, 11]);
      expect(codes.filter((code) => code === 'busy').length).toBeOneOf([19, 20]);
    } finally {
      await tiny.close();
    }
  });

  test('notices come back with the result, not many and never on the output', async () => {
    const { notices } = await run(engine, 'select talks()');
    expect(notices).toHaveLength(20);
    expect(notices[0]).toBe('NOTICE: number 1');
    expect((await run(engine, 'select 1')).notices).toEqual([]);
  });

  test('catalog reads bind their parameters and name their columns', async () => {
    const rows = await engine.catalog('select $1::text as a, $2::int + 1 as n, $3::text[] as list, $4::bool as b', [
      `'; drop table t --`,
      41,
      ['x', 'y"z', ''],
      true,
    ]);
    expect(rows).toEqual([{ a: `'; drop table t --`, n: '42', list: '{x,"y\\"z",""}', b: 't' }]);
    const failure = await failureOf(engine.catalog('select * from nothing_there', []));
    expect(failure.details?.sqlstate).toBe('42P01');
  });

  test('errors carry what the server tells of them', async () => {
    const failure = await failureOf(run(engine, 'select nam from t'));
    expect(failure.details).toMatchObject({ sqlstate: '42703', position: 8, hint: expect.stringContaining('name') });
  });

  test('is reached by its Unix socket as well', async () => {
    const [row] = await engine.catalog("select current_setting('unix_socket_directories') as folder", []);
    const url = `postgres://postgres:${encodeURIComponent('p@ss:w/rd %#')}@/postgres?host=${row?.folder}&port=${server.port}`;
    const local = openEngine(url, { min: 1 });
    try {
      expect((await run(local, 'select inet_server_addr()')).rows).toEqual([[null]]);
      expect(local.target).toBe(`${row?.folder}/.s.PGSQL.${server.port}/postgres`);
    } finally {
      await local.close();
    }
  });

  test('behind a pooler, whose backends are shared, nothing is set beyond the transaction', async () => {
    // What a pooler looks like from here: the process id that it gives out is not the backend's.
    const pooler = await startTcpServer((client) => {
      const upstream = connect(server.port, '127.0.0.1').on('error', () => undefined);
      client.pipe(upstream).on('close', () => client.destroy());
      client.on('close', () => upstream.destroy());
      upstream.on('data', (bytes) => {
        const key = bytes.indexOf(Buffer.from('K\0\0\0\x0c', 'latin1'));
        if (key !== -1) bytes.writeInt32BE(1, key + 5);
        client.write(bytes);
      });
    });
    const pooled = openEngine(server.url.replace(`:${server.port}`, `:${pooler.port}`), { min: 1, max: 1 });
    try {
      const sql = `select current_setting('transaction_read_only'), current_setting('statement_timeout'),
        current_setting('default_transaction_read_only')`;
      expect((await run(pooled, sql)).rows).toEqual([['on', '10s', 'off']]);
      expect((await run(engine, sql)).rows).toEqual([['on', '10s', 'on']]);
    } finally {
      await pooled.close();
      await pooler.close();
    }
  });

  test('no more connections are opened than configured', async () => {
    await Promise.all(Array.from({ length: 60 }, () => run(engine, 'select pg_sleep(0.02)')));
    const [row] =
      await admin`select count(*)::int as n from pg_stat_activity where application_name = 'mcp-sse-gateway'`;
    expect(row?.n).toBeLessThanOrEqual(12);
  });
});
