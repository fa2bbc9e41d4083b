import { describe, expect, test } from 'vitest';
import { check } from './fake-catalog.ts';

/** A text wrapped so many times. */
function nested(times: number, seed: string, wrap: (inner: string, level: number) => string): string {
  let text = seed;
  for (let level = 0; level < times; level++) text = wrap(text, level);
  return text;
}

describe('a constant that folds to more than the byte cap is denied', () => {
  test.each([
    ["SELECT repeat(repeat(repeat('x', 1000), 1000), 1000)"],
    ["SELECT pg_catalog.repeat('x', 1000 * 1000 * 1000)"],
    ["SELECT length(repeat('x', (10 ^ 9)::int))"],
    ["SELECT repeat('x', '1000000000')"],
    ["SELECT repeat('x', 1_000_000_000)"],
    ["SELECT repeat('x', power(10, 9)::int), 1"],
    ["SELECT repeat('x', -(-1000000000))"],
    ["SELECT repeat('x', 1 << 30)"],
    ["SELECT repeat('x', (SELECT 1000000000))"],
    ["SELECT repeat('x', greatest(1, 1000000000))"],
    ["SELECT repeat('x', CASE WHEN true THEN 1000000000 END)"],
    ["SELECT repeat('x', length(repeat('x', 1000)) * 1000000)"],
    ["SELECT 1 WHERE lpad('x', 1000000000) = ''"],
    ["SELECT rpad('x', 1000000000, 'yz')"],
    ['SELECT array_fill(0, ARRAY[100000, 100000])'],
    ["SELECT array_fill(0, '{100000,100000}'::int[])"],
    ["SELECT format('%1000000000s', 'x')"],
    ["SELECT format('%-1000000000s', 'x')"],
    ["SELECT format('%*s', 1000000000, 'x')"],
    ["SELECT replace(replace(repeat('a', 1000), 'a', repeat('b', 1000)), 'b', repeat('c', 1000))"],
    ["SELECT regexp_replace(repeat('a', 2000), '.', repeat('b', 1000), 'g')"],
    ["SELECT array_to_string(string_to_array(repeat('x', 2000), NULL), repeat('y', 1000))"],
    ["SELECT 'x'::char(10000000)"],
    ["SELECT '1'::bit(10000000)"],
    ["SELECT polygon(60000000, circle '((0,0),1)')"],
    ["SELECT repeat(a, 1000) FROM (SELECT repeat('x', 100000) AS a) q"],
    ["SELECT repeat(b, 1000) FROM (SELECT repeat('x', 100000)) q(b)"],
    ["SELECT repeat(q.repeat, 1000) FROM (SELECT repeat('x', 100000)) q"],
    ["WITH w(b) AS (SELECT repeat('x', 100000)) SELECT repeat(b, 1000) FROM w"],
    ["SELECT repeat('x', n) FROM (VALUES (1000000000)) v(n)"],
    ["SELECT repeat('x', column1) FROM (VALUES (1000000000)) v"],
    ["SELECT repeat(r, 1000) FROM repeat('x', 100000) r"],
    ["SELECT (q || q)::text FROM (SELECT repeat('x', 600000)) q"],
    [`SELECT ${nested(30, "''''::text", (inner) => `quote_literal(${inner})`)}`],
    [`SELECT ${nested(30, "'\"'::text", (inner) => `ARRAY[${inner}]::text`)}`],
    [`SELECT ${nested(30, "'\"'::text", (inner) => `ROW(${inner})::text`)}`],
    [`SELECT ${nested(30, "'\"'::text", (inner) => `to_json(${inner})::text`)}`],
    [`SELECT ${nested(30, "'&'::text", (inner) => `xmlforest(${inner} AS a)::text`)}`],
    [`SELECT ${nested(30, "'\"'::text", (inner) => `JSON_OBJECT('a': ${inner})::text`)}`],
    ["SELECT to_json(repeat('x', 200000))"],
  ])('%s', async (sql) => {
    await expect(check(sql)).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringMatching(/builds a value of/),
    });
  });
});

describe('columns that subqueries multiply beyond planning are denied', () => {
  const doubled = (inner: string, level: number) => `SELECT a + a AS a FROM (${inner}) q${level}`;
  const levels = Array.from({ length: 25 }, (_, level) => level);

  test.each([
    ['subqueries', nested(25, 'SELECT id AS a FROM t', doubled)],
    ['subqueries in UNION ALL', nested(25, 'SELECT 1 AS a UNION ALL SELECT 2', doubled)],
    [
      'stars',
      nested(
        25,
        'SELECT 1 AS a, 2 AS b',
        (inner) => `SELECT * FROM (SELECT a + b AS a, b + a AS b FROM (${inner}) q) r`,
      ),
    ],
    ['strings', nested(25, "SELECT 'x' AS a", (inner) => `SELECT a || a AS a FROM (${inner}) q`)],
    [
      'WITH',
      `WITH q0 AS (SELECT 1 AS a)${levels.map((n) => `, q${n + 1} AS (SELECT a + a AS a FROM q${n})`).join('')} TABLE q25`,
    ],
    [
      'WITH RECURSIVE in any order',
      `WITH RECURSIVE ${levels.map((n) => `q${n} AS (SELECT a + a AS a FROM q${n + 1})`).join(', ')}, q25 AS (SELECT 1 AS a) TABLE q0`,
    ],
    [
      'LATERAL',
      `SELECT * FROM (SELECT 1 AS a) q0${levels.map((n) => `, LATERAL (SELECT q${n}.a + q${n}.a AS a) q${n + 1}`).join('')}`,
    ],
    [
      'WITH queries that are copied',
      `WITH q0 AS NOT MATERIALIZED (SELECT 1 AS a)${levels
        .map((n) => `, q${n + 1} AS NOT MATERIALIZED (SELECT x.a FROM q${n} x, q${n} y)`)
        .join('')} TABLE q25`,
    ],
    [
      'scalar subqueries',
      nested(25, 'SELECT 1 AS a', (inner) => `SELECT (SELECT a) + (SELECT a) AS a FROM (${inner}) q`),
    ],
    [
      'joins with an alias',
      nested(25, 'SELECT 1 AS a', (inner) => `SELECT j.a + j.a AS a FROM ((${inner}) q CROSS JOIN t) AS j`),
    ],
  ])('by %s', async (_how, sql) => {
    await expect(check(sql)).rejects.toMatchObject({ code: 'denied', message: expect.stringMatching(/grows beyond/) });
  });
});

describe('what only looks large passes', () => {
  test.each([
    ["SELECT repeat('x', 1000), lpad(id::text, 10, '0'), rpad(name, 40), repeat('-', length('a title')) FROM t"],
    ["SELECT replace(replace(name, 'a', 'b'), 'c', 'dddd'), regexp_replace(name, '\\s+', ' ', 'g') FROM t"],
    [`SELECT '${'x'.repeat(50_000)}' || 'y'`],
    ["SELECT string_agg(repeat('x', 100), ',') FROM generate_series(1, 1000)"],
    ['SELECT jsonb_build_object(1, jsonb_build_object(2, jsonb_build_array(1, 2, to_jsonb(t)))) FROM t'],
    ['WITH a AS (SELECT id, id + id AS d FROM t), b AS (SELECT d + d AS d FROM a) SELECT d + d FROM b'],
    ["WITH RECURSIVE r(n, p) AS (SELECT 1, 'x' UNION ALL SELECT n + 1, p || p FROM r WHERE n < 10) SELECT * FROM r"],
    [nested(25, 'SELECT 1 AS a', (inner) => `SELECT a + a AS a FROM (${inner}) q GROUP BY a`)],
    [nested(25, 'SELECT 1 AS a', (inner) => `SELECT a + a AS a FROM (${inner} LIMIT 1) q`)],
    [`SELECT ${nested(10, 'lower(name)', (inner) => `json_build_object('a key', ${inner})`)} FROM t`],
    [`SELECT ${nested(10, "lower('X')", (inner) => `JSON_OBJECT('a': (${inner})::text)`)}`],
    [`SELECT ${nested(10, "length('abc')", (inner) => `xmlforest(${inner} AS a)`)}`],
    [nested(100, 'SELECT * FROM t', (inner) => `SELECT * FROM (${inner}) q`)],
    ['SELECT a || b AS a, b || c AS b, c || a AS c FROM t'],
    [
      `SELECT ${Array.from({ length: 1000 }, (_, column) => `c${column} + c${column + 1} AS c${column}`).join(', ')} FROM t`,
    ],
  ])('%s', async (sql) => {
    await check(sql);
  });

  test('and the byte cap is the one that is asked for', async () => {
    await check("SELECT repeat('x', 2000)", { maxBytes: 10_000 });
    await expect(check("SELECT repeat('x', 20000)", { maxBytes: 10_000 })).rejects.toThrow('limit 10,000');
  });
});
