import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../src/core/errors.ts';
import { catalogWith, check, refusalOf } from './fake-catalog.ts';

const sleep = { schema: 'pg_catalog', name: 'pg_sleep', volatile: true, builtIn: true };

describe('a refusal says what, where and what to do instead', () => {
  test('with a caret under the function', async () => {
    expect(await refusalOf("SELECT 'é',\n\tpg_sleep(1)", { functions: catalogWith(sleep) })).toBe(
      `pg_sleep() is not allowed: pg_catalog.pg_sleep is VOLATILE (it may change, wait for or reveal something) and not known to be harmless. Leave it out. An operator who needs it can name it in allowFunctions of this database.
Line 2, column 2:
   pg_sleep(1)
   ^`,
    );
  });

  test('with the line and column as details', async () => {
    const error: unknown = await check('SELECT 1\nFROM pg_authid').catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'denied', details: { line: 2, column: 6 } });
  });

  test('with only the part of a long line that matters', async () => {
    const padding = Array.from({ length: 100 }, (_, index) => `c${index}`).join(', ');
    const message = await refusalOf(`SELECT ${padding} FROM pg_authid, ${padding}`);
    const [, , line = '', caret = ''] = message.split('\n');
    expect(line.length).toBeLessThan(130);
    expect(line.slice(caret.indexOf('^'))).toMatch(/^pg_authid, c0/);
  });

  test.each([
    ['SELEC 1', 'Syntax error at or near "SELEC".\nLine 1, column 1:\n  SELEC 1\n  ^'],
    ['SELECT 1 WHERE', 'Syntax error at end of input.\nLine 1, column 15:'],
    ["SELECT 'é', 'open", 'Unterminated quoted string at or near "\'open".\nLine 1, column 13:'],
    ['\\dt', 'list_tables'],
    ['SELECT `id` FROM t', 'double quotes'],
    ['DESCRIBE t', 'table_info'],
    ['SELECT * FROM t WHERE id = ?', '$1'],
    ['SELECT 1\u00a0FROM t', 'no-break space'],
    ['SELECT\u00a01', 'U+00A0'],
    ['SELECT "\ufeffid" FROM t', 'U&"\\FEFF'],
    ['SELECT 1; SELECT 2', '2 statements'],
    ['', 'no SQL statement'],
    ['EXPLAIN ANALYZE SELECT 1', 'Leave ANALYZE out:'],
    ['EXPLAIN (EXECUTE) SELECT 1', '"execute"'],
    ['EXPLAIN DELETE FROM t', 'EXPLAIN of DELETE'],
    ['SELECT * FROM t FOR UPDATE', 'row lock'],
    ['SELECT 1 INTO x', 'INTO'],
    ['CALL f()', 'CALL'],
    [`SELECT '${'x'.repeat(100_000)}'`, '100009 characters'],
    ["SELECT repeat('x', 20000000)", '20,000,000 bytes'],
    [`SELECT 1${'+1'.repeat(30_000)}`, 'nests too deeply'],
  ])('%s', async (sql, expected) => {
    expect(await refusalOf(sql)).toContain(expected);
  });
});

test('a statement that does not parse is invalid input, and one that does not read is denied', async () => {
  await expect(check('SELEC')).rejects.toMatchObject({ code: 'invalid_input' });
  await expect(check('SELECT 1\0')).rejects.toMatchObject({ code: 'invalid_input' });
  await expect(check('DELETE FROM t')).rejects.toMatchObject({ code: 'denied' });
});

test('the server is asked once for all functions of a statement, and not at all without any', async () => {
  const asked: unknown[] = [];
  const functions = {
    lookup: async (names: readonly { schema: string | undefined; name: string }[]) => {
      asked.push(names);
      return names.map(({ name }) => ({ schema: 'pg_catalog', name, volatile: false, builtIn: true }));
    },
  };
  await check('SELECT t.id FROM t WHERE x = 1', { functions });
  await check('SHOW work_mem', { functions });
  expect(asked).toEqual([]);
  await check('SELECT lower(a), Lower(b), pg_catalog.upper(c) FROM t', { functions });
  expect(asked).toEqual([
    [
      { schema: undefined, name: 'lower' },
      { schema: 'pg_catalog', name: 'upper' },
    ],
  ]);
});

test('a refused statement has not been looked up', async () => {
  const functions = { lookup: () => Promise.reject(new Error('asked')) };
  await expect(check('DELETE FROM t WHERE lower(x) = 1', { functions })).rejects.toMatchObject({ code: 'denied' });
  await expect(check('SELECT cron.schedule(1)', { functions })).rejects.toMatchObject({ code: 'denied' });
});

describe('when the catalog cannot be asked', () => {
  const failing = (code: 'unavailable' | 'upstream') => {
    return { lookup: () => Promise.reject(new GatewayError(code, 'it is down')) };
  };

  test('a database that is down stays what it is', async () => {
    await expect(check('SELECT lower(x)', { functions: failing('unavailable') })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  test('a server that fails by itself is no matter of permissions', async () => {
    const message = 'could not open file "base/5/1255"';
    const failure = new GatewayError('upstream', message, { details: { sqlstate: '58P01' } });
    await expect(
      check('SELECT lower(x)', { functions: { lookup: () => Promise.reject(failure) } }),
    ).rejects.toMatchObject({ code: 'upstream', message });
  });

  test('any other failure refuses the statement and says how to go on', async () => {
    const message = await refusalOf('SELECT lower(x)', { functions: failing('upstream') });
    expect(message).toMatch(/could not be looked up in pg_proc \(it is down\).*allowFunctions/);
  });

  test('the functions that the operator allows still pass', async () => {
    await check('SELECT lower(x), public.twice(2)', {
      functions: failing('upstream'),
      allowFunctions: ['lower', 'public.twice'],
    });
  });
});

describe("the operator's exceptions", () => {
  const functions = catalogWith(sleep, { schema: 'cron', name: 'schedule', volatile: true, builtIn: true });

  test.each([['pg_sleep'], ['pg_catalog.pg_sleep']])('%s allows it with and without its schema', async (name) => {
    await check('SELECT pg_sleep(1), pg_catalog.pg_sleep(1)', { functions, allowFunctions: [name] });
  });

  test('open a closed schema for that function only', async () => {
    await check('SELECT cron.schedule(1)', { functions, allowFunctions: ['cron.schedule'] });
    await expect(
      check('SELECT cron.unschedule(1)', { functions, allowFunctions: ['cron.schedule'] }),
    ).rejects.toThrow();
  });

  test('of another schema do not count', async () => {
    await expect(check('SELECT pg_sleep(1)', { functions, allowFunctions: ['public.pg_sleep'] })).rejects.toThrow();
  });
});

describe('a name that several functions have', () => {
  const mine = { schema: 'public', name: 'send', volatile: true, builtIn: false };
  const theirs = { schema: 'queue', name: 'send', volatile: true, builtIn: true };

  test('is refused without a schema if one of them is dangerous', async () => {
    await expect(check('SELECT send(1)', { functions: catalogWith(mine, theirs) })).rejects.toThrow('queue.send');
  });

  test('is allowed with the schema of the harmless one', async () => {
    await check('SELECT public.send(1)', { functions: catalogWith(mine, theirs) });
  });
});

test('a row whose column notation could call a function of any type is looked up too', async () => {
  const restore = { schema: 'pg_catalog', name: 'pg_restore_relation_stats', volatile: true, builtIn: true };
  await expect(
    check('SELECT o.pg_restore_relation_stats FROM orders o', { functions: catalogWith(restore) }),
  ).rejects.toThrow('may call the function');
});

test('a parser that ran out of stack sixty times still works', async () => {
  const deep = `SELECT 1${'+1'.repeat(40_000)}`;
  for (let time = 0; time < 60; time++) await expect(check(deep)).rejects.toThrow('nests too deeply');
  expect(await check('SELECT 1')).toMatchObject({ kind: 'select' });
});
