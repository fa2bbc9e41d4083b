import { describe, expect, test } from 'vitest';
import { LiveFunctionCatalog } from '../../../../src/plugins/postgres/guard/function-catalog.ts';

type Row = Readonly<Record<string, string | null>>;

/** A catalog over rows made by hand, with a clock that stands still until it is moved. */
function catalogOver(rowsOf: (name: string) => readonly Row[]) {
  const asked: (readonly string[])[] = [];
  const clock = { now: 0 };
  const catalog = new LiveFunctionCatalog(
    {
      catalog: async (_query, [names]) => {
        asked.push(names as readonly string[]);
        return (names as readonly string[]).flatMap(rowsOf);
      },
    },
    () => clock.now,
  );
  return { catalog, asked, clock };
}

const row = (schema: string, name: string, volatile = 'f', built_in = 't'): Row => ({
  schema,
  name,
  volatile,
  built_in,
});
const named = (...names: readonly string[]) => names.map((name) => ({ schema: undefined, name }));

describe('the catalog of a live server', () => {
  test('asks for all names at once and remembers them for a minute', async () => {
    const { catalog, asked, clock } = catalogOver((name) => [row('pg_catalog', name)]);
    expect(await catalog.lookup(named('lower', 'upper'))).toEqual([
      { schema: 'pg_catalog', name: 'lower', volatile: false, builtIn: true },
      { schema: 'pg_catalog', name: 'upper', volatile: false, builtIn: true },
    ]);
    await catalog.lookup(named('upper', 'lower', 'length'));
    expect(asked).toEqual([['lower', 'upper'], ['length']]);
    clock.now = 61_000;
    await catalog.lookup(named('lower'));
    expect(asked).toHaveLength(3);
  });

  test('asks again soon for a name that nobody knew', async () => {
    const { catalog, asked, clock } = catalogOver(() => []);
    expect(await catalog.lookup(named('made_later'))).toEqual([]);
    clock.now = 9_000;
    await catalog.lookup(named('made_later'));
    clock.now = 11_000;
    await catalog.lookup(named('made_later'));
    expect(asked).toHaveLength(2);
  });

  test('finds every schema for a bare name and only its own for a qualified one', async () => {
    const { catalog } = catalogOver((name) => [row('public', name, 't', 'f'), row('queue', name, 't')]);
    expect(await catalog.lookup(named('send'))).toHaveLength(2);
    expect(await catalog.lookup([{ schema: 'public', name: 'send' }])).toEqual([
      { schema: 'public', name: 'send', volatile: true, builtIn: false },
    ]);
  });

  test('forgets the oldest names rather than grow without bounds', async () => {
    const { catalog, asked } = catalogOver((name) => [row('pg_catalog', name)]);
    await catalog.lookup(named('first'));
    await catalog.lookup(named(...Array.from({ length: 2000 }, (_, index) => `f${index}`)));
    await catalog.lookup(named('f1999'));
    expect(asked).toHaveLength(2);
    await catalog.lookup(named('first'));
    expect(asked).toHaveLength(3);
  });

  test('does not remember a failure', async () => {
    let fail = true;
    const catalog = new LiveFunctionCatalog({
      catalog: async () => {
        if (fail) throw new Error('down');
        return [row('pg_catalog', 'lower')];
      },
    });
    await expect(catalog.lookup(named('lower'))).rejects.toThrow('down');
    fail = false;
    expect(await catalog.lookup(named('lower'))).toHaveLength(1);
  });

  test('is not misled by names that objects have', async () => {
    const { catalog } = catalogOver(() => []);
    expect(await catalog.lookup(named('__proto__', 'constructor', 'toString'))).toEqual([]);
  });
});
