import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../dist/core/errors.js';
import { ask, endless, openForFile, openForTest, testFolder, value } from './open-engine.ts';

const engine = await openForFile();

describe('starting', () => {
  test('opens in the background, and calls wait for it', async () => {
    const opening = openForTest(testFolder());
    expect(opening.state()).toEqual({ is: 'starting', reason: 'it is being opened' });
    expect(await value(opening, "'ready'")).toBe('ready');
    expect(opening.state()).toEqual({ is: 'up' });
  });

  test('says what it is and how to get to a real database', () => {
    expect(engine.kind).toBe('embedded');
    expect(engine.notice()).toMatch(/embedded PostgreSQL with sample data.*set DATABASE_URL=/);
  });
});

describe('values', () => {
  test.each([
    ['9223372036854775807::int8', '9223372036854775807'],
    ['12345678901234567890.000000000000000001', '12345678901234567890.000000000000000001'],
    ["'NaN'::float8", 'NaN'],
    ['0.1::float8 + 0.2::float8', '0.30000000000000004'],
    ["'infinity'::timestamptz", 'infinity'],
    ["timestamptz '2026-11-22 10:47:23.669123+02'", '2026-11-22 08:47:23.669123+00'],
    ["date '0044-03-15 BC'", '0044-03-15 BC'],
    ["interval '1 mon 2 days 03:04:05.6'", '1 mon 2 days 03:04:05.6'],
    ['\'{"big": 12345678901234567890}\'::jsonb', '{"big": 12345678901234567890}'],
    ["'\\xdeadbeef'::bytea", '\\xdeadbeef'],
    ['ARRAY[1, NULL, 3]', '{1,NULL,3}'],
    ["ARRAY['NULL', NULL, 'a,b']", '{"NULL",NULL,"a,b"}'],
    ["'café 😀'", 'café 😀'],
    ['true', 't'],
    ["''", ''],
    ['NULL', null],
  ])('%s comes back as PostgreSQL writes it', async (expression, written) => {
    expect((await ask(engine, `SELECT ${expression}`)).rows).toEqual([[written]]);
  });

  test('columns of one name are all kept, with their types', async () => {
    const { columns, rows } = await ask(engine, `SELECT 1 AS id, 'x'::text AS id, NULL::date AS "__proto__"`);
    expect(columns).toEqual([
      { name: 'id', oid: 23 },
      { name: 'id', oid: 25 },
      { name: '__proto__', oid: 1082 },
    ]);
    expect(rows).toEqual([['1', 'x', null]]);
  });

  test('parameters are bound as text, and NULL as NULL', async () => {
    const { rows } = await ask(engine, 'SELECT $1::int + 1, $2::text, $3::text IS NULL', {
      params: ['41', "'; DROP TABLE books; --", null],
    });
    expect(rows).toEqual([['42', "'; DROP TABLE books; --", 't']]);
  });

  test('a catalog read binds arrays element by element', async () => {
    const names = ['plain', 'a,b', '{}', 'quo"te', 'back\\slash', '', 'NULL', ' space '];
    const rows = await engine.catalog('SELECT unnest($1::text[]) AS name, $2::int AS n, $3::boolean AS yes', [
      names,
      7,
      true,
    ]);
    expect(rows.map(({ name }) => name)).toEqual(names);
    expect(rows[0]).toEqual({ name: 'plain', n: '7', yes: 't' });
  });

  test('notices come with the rows', async () => {
    const { rows, notices } = await ask(engine, "SELECT to_tsquery('english', 'the')");
    expect(rows).toEqual([['']]);
    expect(notices).toEqual([expect.stringMatching(/^NOTICE: text-search query contains only stop words/)]);
  });
});

describe('caps', () => {
  test.each([
    ['a SELECT', 'SELECT generate_series(1, 10000000)', [['1'], ['2'], ['3']]],
    ['VALUES', 'VALUES (1), (2), (3), (4)', [['1'], ['2'], ['3']]],
  ])('the row cap cuts %s', async (_what, sql, rows) => {
    expect(await ask(engine, sql, { maxRows: 3 })).toMatchObject({ rows, cutBy: 'rows' });
  });

  test.each(['SHOW ALL', 'EXPLAIN (VERBOSE) SELECT * FROM orders JOIN customers ON true'])(
    'the row cap cuts %s',
    async (sql) => {
      const { rows, cutBy } = await ask(engine, sql, { maxRows: 2 });
      expect([rows.length, cutBy]).toEqual([2, 'rows']);
    },
  );

  test('a result of exactly as many rows as the cap is whole', async () => {
    expect(await ask(engine, 'SELECT generate_series(1, 3)', { maxRows: 3 })).toMatchObject({ cutBy: null });
  });

  test('rows are skipped first, across the steps in which they are read', async () => {
    const { rows, cutBy } = await ask(engine, 'SELECT generate_series(1, 1000)', { skipRows: 555, maxRows: 300 });
    expect([rows.length, rows[0], rows.at(-1), cutBy]).toEqual([300, ['556'], ['855'], 'rows']);
    expect(await ask(engine, 'SELECT generate_series(1, 3)', { skipRows: 5 })).toMatchObject({ rows: [], cutBy: null });
  });

  test('the byte cap cuts after the last row that fits', async () => {
    const sql = "SELECT repeat('x', 1000) FROM generate_series(1, 100)";
    const { rows, cutBy } = await ask(engine, sql, { maxBytes: 5000 });
    expect([rows.length, cutBy]).toEqual([4, 'bytes']);
  });

  test('a single row over the byte cap is an error that says what to do', async () => {
    await expect(ask(engine, "SELECT repeat('x', 20000000)", { maxBytes: 5000 })).rejects.toMatchObject({
      code: 'too_large',
      message: expect.stringContaining('5000 bytes'),
    });
  });

  test('a statement that wants more memory than there is fails alone', async () => {
    await expect(ask(engine, "SELECT repeat('x', 700000000)")).rejects.toMatchObject({
      code: 'too_large',
      details: { sqlstate: '53200' },
    });
    expect(await value(engine, '1')).toBe('1');
  });

  test('a statement that spills more than its share of the disk fails alone', async () => {
    const spilling = 'SELECT * FROM generate_series(1, 2000000000) AS g ORDER BY g DESC';
    await expect(ask(engine, spilling)).rejects.toMatchObject({ details: { sqlstate: '53400' } });
    expect(await value(engine, '1')).toBe('1');
  });

  test('a statement nested beyond the stack fails alone', async () => {
    await expect(ask(engine, `SELECT 1${'+1'.repeat(49_000)}`)).rejects.toMatchObject({
      code: 'too_large',
      details: { sqlstate: '54001' },
    });
    expect(await value(engine, '1')).toBe('1');
  });
});

describe('reading only', () => {
  test.each([
    "INSERT INTO publishers (name, country) VALUES ('x', 'DE')",
    'DELETE FROM books',
    'CREATE TABLE mine (a int)',
    'CREATE TEMP TABLE mine (a int)',
    'EXPLAIN ANALYZE CREATE TABLE mine AS SELECT 1',
    "SELECT nextval('publishers_id_seq')",
    "SELECT lo_from_bytea(0, 'x')",
    'SET TRANSACTION READ WRITE',
    "SELECT pg_read_file('PG_VERSION')",
    "COPY books TO PROGRAM 'cat'",
    "COPY books TO '/tmp/books'",
    'ALTER SYSTEM SET work_mem = 1',
    'CHECKPOINT',
    'VACUUM',
    'SELECT 1; DELETE FROM books',
    'COMMIT; DELETE FROM books',
  ])('%s is refused, and changes nothing', async (sql) => {
    const counts =
      'SELECT (SELECT count(*) FROM books), (SELECT count(*) FROM publishers), (SELECT count(*) FROM pg_class)';
    const before = await ask(engine, counts);
    await expect(ask(engine, sql)).rejects.toBeInstanceOf(GatewayError);
    expect(await ask(engine, counts)).toEqual(before);
  });

  test('a statement that ends its transaction leaves the next one read-only all the same', async () => {
    await ask(engine, 'COMMIT').catch(() => undefined);
    await ask(engine, 'BEGIN READ WRITE').catch(() => undefined);
    await expect(ask(engine, 'CREATE TABLE mine (a int)')).rejects.toMatchObject({ code: 'denied' });
  });

  test('nothing of one caller is left for the next', async () => {
    await ask(engine, "SELECT set_config('work_mem', '64MB', false), set_config('role', 'postgres', false)");
    await ask(engine, "SELECT set_config('datestyle', 'German', false)");
    await ask(engine, 'SELECT pg_advisory_lock(42)');
    await ask(engine, 'PREPARE mine AS SELECT 1').catch(() => undefined);
    const state = `SELECT current_setting('work_mem'), current_user, current_date = current_date::text::date,
      (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'), (SELECT count(*) FROM pg_prepared_statements)`;
    expect((await ask(engine, state)).rows).toEqual([['4MB', 'gateway_reader', 't', '0', '0']]);
  });

  test('errors carry what PostgreSQL says, by the keys that a server engine uses', async () => {
    await expect(ask(engine, 'SELECT titel FROM books')).rejects.toMatchObject({
      code: 'upstream',
      message: 'column "titel" does not exist',
      details: { sqlstate: '42703', position: 8, hint: expect.stringContaining('books.title') },
    });
    await expect(ask(engine, "SELECT '{'::jsonb")).rejects.toMatchObject({
      details: { sqlstate: '22P02', detail: 'The input string ended unexpectedly.' },
    });
  });
});

describe('stopping', () => {
  test('a statement is stopped at its deadline, and those behind it are answered', async () => {
    const stopped = ask(engine, endless, { timeoutMs: 500 });
    const behind = ask(engine, 'SELECT count(*) FROM books');
    const catalog = value(engine, "'catalog'");
    await expect(stopped).rejects.toMatchObject({ code: 'timeout', details: { sqlstate: '57014' } });
    expect(engine.state().is).toBe('starting');
    expect((await behind).rows).toEqual([['420']]);
    expect(await catalog).toBe('catalog');
    expect(engine.state()).toEqual({ is: 'up' });
  });

  test('a statement whose caller goes away is stopped', async () => {
    const caller = new AbortController();
    const gone = ask(engine, endless, { signal: caller.signal, timeoutMs: 600_000 });
    setTimeout(() => caller.abort(), 200);
    await expect(gone).rejects.toMatchObject({ code: 'cancelled' });
    expect(await value(engine, '1')).toBe('1');
  });

  test('the reason of the abort is the error', async () => {
    const reason = new GatewayError('timeout', 'the call took too long');
    const caller = new AbortController();
    const gone = ask(engine, endless, { signal: caller.signal, timeoutMs: 600_000 });
    setTimeout(() => caller.abort(reason), 100);
    await expect(gone).rejects.toBe(reason);
  });

  test('a call aborted before its turn never runs, nor does one aborted before it came', async () => {
    const caller = new AbortController();
    const first = ask(engine, 'SELECT pg_sleep(0.3)');
    const waiting = ask(engine, endless, { signal: caller.signal, timeoutMs: 600_000 });
    caller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await expect(ask(engine, endless, { signal: caller.signal })).rejects.toMatchObject({ code: 'cancelled' });
    await first;
    expect(await value(engine, '1')).toBe('1');
  });

  test('a small statement whose caller goes away costs no restart', async () => {
    const patient = openForTest(testFolder(), { abortGraceMs: 20_000 });
    const started = await value(patient, 'pg_postmaster_start_time()');
    const caller = new AbortController();
    const gone = ask(patient, 'SELECT pg_sleep(0.1)', { signal: caller.signal });
    caller.abort();
    await expect(gone).rejects.toMatchObject({ code: 'cancelled' });
    expect(await value(patient, 'pg_postmaster_start_time()')).toBe(started);
  });

  test('a worker that fails by itself is replaced', async () => {
    const tooMuchForItsHeap = "SELECT repeat('x', 1000) FROM generate_series(1, 1000000)";
    const failing = ask(engine, tooMuchForItsHeap, { maxRows: 1_000_000, maxBytes: 2_000_000_000, timeoutMs: 60_000 });
    const behind = value(engine, "'behind'");
    await expect(failing).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('memory') });
    expect(await behind).toBe('behind');
  });
});

describe('waiting', () => {
  test('catalog reads go before callers who came first', async () => {
    const order: string[] = [];
    const first = ask(engine, 'SELECT pg_sleep(0.2)').then(() => order.push('first'));
    const second = ask(engine, 'SELECT 2').then(() => order.push('second'));
    const catalog = value(engine, '3').then(() => order.push('catalog'));
    await Promise.all([first, second, catalog]);
    expect(order).toEqual(['first', 'catalog', 'second']);
  });

  test('catalog reads and callers beside each other all get their own answers', async () => {
    const callers = Array.from({ length: 40 }, async (_, n) => (await ask(engine, `SELECT ${n}`)).rows[0]?.[0]);
    const reads = Array.from({ length: 40 }, (_, n) => value(engine, String(n)));
    const numbers = Array.from({ length: 40 }, (_, n) => String(n));
    expect(await Promise.all(callers)).toEqual(numbers);
    expect(await Promise.all(reads)).toEqual(numbers);
  });

  test('calls beyond what may wait are refused at once', async () => {
    const first = ask(engine, 'SELECT pg_sleep(0.2)');
    const waiting = Array.from({ length: 100 }, () => ask(engine, 'SELECT 1'));
    await expect(ask(engine, 'SELECT 1')).rejects.toMatchObject({ code: 'busy' });
    await first;
    await Promise.all(waiting);
  });

  test('a call does not wait for ever', async () => {
    const impatient = openForTest(testFolder(), { waitMs: 300 });
    await expect.poll(() => impatient.state().is, { timeout: 15_000 }).toBe('up');
    const first = ask(impatient, 'SELECT pg_sleep(1.5)');
    await expect(ask(impatient, 'SELECT 1')).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining('one statement at a time'),
    });
    await first;
  });
});

describe('resting and closing', () => {
  test('after some time without calls it rests, and wakes for the next one', async () => {
    const resting = openForTest(testFolder(), { idleStopMs: 200 });
    const started = await value(resting, 'pg_postmaster_start_time()');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(resting.state()).toEqual({ is: 'up' });
    expect(await value(resting, 'pg_postmaster_start_time()')).not.toBe(started);
  });

  test('closing answers those who run and wait, and refuses the next', async () => {
    const closing = openForTest(testFolder());
    await value(closing, '1');
    const running = ask(closing, endless);
    const waiting = ask(closing, 'SELECT 1');
    const closed = closing.close();
    await expect(running).rejects.toMatchObject({ code: 'unavailable' });
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    await closed;
    await expect(value(closing, '1')).rejects.toMatchObject({ code: 'unavailable' });
    expect(closing.state().is).toBe('down');
  });

  test('closing while it starts is possible at any moment', async () => {
    for (const wait of [0, 50, 300]) {
      const closing = openForTest(testFolder());
      await new Promise((resolve) => setTimeout(resolve, wait));
      await closing.close();
    }
  });
});
