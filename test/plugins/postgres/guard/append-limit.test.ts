import { describe, expect, test } from 'vitest';
import { check } from './fake-catalog.ts';

describe('a LIMIT of one row more than wanted is appended', () => {
  test.each([
    ['SELECT 1', 'SELECT 1\nLIMIT 11'],
    ['SELECT 1;', 'SELECT 1\nLIMIT 11'],
    ['SELECT 1 ; -- done', 'SELECT 1 \nLIMIT 11'],
    ['SELECT 1 -- a; b', 'SELECT 1 -- a; b\nLIMIT 11'],
    ["SELECT 'é; ü' AS ö -- ß", "SELECT 'é; ü' AS ö -- ß\nLIMIT 11"],
    ["/* ÄÖ; */ SELECT '€' ; /* x */", "/* ÄÖ  */ SELECT '€' \nLIMIT 11"],
    [';;SELECT 1', '  SELECT 1\nLIMIT 11'],
    [';\n-- é\n; SELECT 1', ' \n-- é\n  SELECT 1\nLIMIT 11'],
    ['SELECT * FROM t OFFSET 5', 'SELECT * FROM t OFFSET 5\nLIMIT 11'],
    ['VALUES (1), (2)', 'VALUES (1), (2)\nLIMIT 11'],
    ['TABLE t', 'TABLE t\nLIMIT 11'],
    ['SELECT 1 UNION SELECT 2 ORDER BY 1', 'SELECT 1 UNION SELECT 2 ORDER BY 1\nLIMIT 11'],
    ['(SELECT 1)', '(SELECT 1)\nLIMIT 11'],
    ['SELECT 1 UNION (SELECT 2 LIMIT 1)', 'SELECT 1 UNION (SELECT 2 LIMIT 1)\nLIMIT 11'],
    ['SELECT * FROM (SELECT 1 LIMIT 5) q', 'SELECT * FROM (SELECT 1 LIMIT 5) q\nLIMIT 11'],
    ['WITH w AS (SELECT 1 LIMIT 1) SELECT * FROM w', 'WITH w AS (SELECT 1 LIMIT 1) SELECT * FROM w\nLIMIT 11'],
    ["SELECT 'LIMIT 5'", "SELECT 'LIMIT 5'\nLIMIT 11"],
  ])('%s', async (sql, text) => {
    expect(await check(sql)).toEqual({ kind: 'select', text, limitApplied: true, skipRows: 0 });
  });
});

describe('no LIMIT is appended to what has one or cannot have one', () => {
  test.each([
    ['SELECT * FROM t LIMIT 5', 'select'],
    ['SELECT * FROM t LIMIT ALL', 'select'],
    ['SELECT * FROM t LIMIT NULL', 'select'],
    ['SELECT * FROM t LIMIT $1', 'select'],
    ['(SELECT * FROM t LIMIT 5)', 'select'],
    ['SELECT * FROM t FETCH FIRST ROW ONLY', 'select'],
    ['SELECT * FROM t ORDER BY 1 FETCH FIRST 2 ROWS WITH TIES', 'select'],
    ['SELECT 1 UNION SELECT 2 LIMIT 1', 'select'],
    ['SHOW ALL', 'show'],
    ['EXPLAIN SELECT 1', 'explain'],
  ] as const)('%s', async (sql, kind) => {
    expect(await check(sql, { offset: 7 })).toEqual({ kind, text: sql, limitApplied: false, skipRows: 7 });
  });

  test('a statement that is itself explained or counted, for which the caller wants every row', async () => {
    expect(await check('SELECT 1;', { maxRows: Number.POSITIVE_INFINITY })).toEqual({
      kind: 'select',
      text: 'SELECT 1',
      limitApplied: false,
      skipRows: 0,
    });
  });

  test('a very long statement, which is not worth a second parse', async () => {
    const sql = `SELECT * FROM t WHERE id IN (${'1,'.repeat(20_000)}1)`;
    expect(await check(sql)).toMatchObject({ limitApplied: false });
  });
});

describe('an offset', () => {
  test('is appended with the LIMIT', async () => {
    expect(await check('SELECT * FROM t -- all', { offset: 20 })).toMatchObject({
      text: 'SELECT * FROM t -- all\nLIMIT 11 OFFSET 20',
      limitApplied: true,
      skipRows: 0,
    });
  });

  test("is skipped by the engine behind the caller's own OFFSET", async () => {
    expect(await check('SELECT * FROM t OFFSET 3', { offset: 20 })).toMatchObject({
      text: 'SELECT * FROM t OFFSET 3\nLIMIT 11',
      limitApplied: true,
      skipRows: 20,
    });
  });
});
