import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listTables } from '../../../../src/plugins/postgres/tools/list-tables.ts';
import { callTool } from '../../../support/call-tool.ts';
import { listPostgresVersions } from '../../../support/postgres.ts';
import { testDeps } from '../../../support/postgres-database.ts';
import { startZoo, type Zoo } from '../../../support/postgres-zoo.ts';

describe.each(listPostgresVersions())('list_tables on PostgreSQL %s', (version) => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo(version);
  });
  afterAll(() => zoo.stop());

  const list = (args: Record<string, unknown> = {}) => callTool(listTables, testDeps(zoo.admin), args);
  const names = async (args: Record<string, unknown>) =>
    (await list({ detail: 'names', ...args })).data.tables.map(({ name }) => name);

  test('tells type, estimate, size, row security and comment of each table', async () => {
    const { data } = await list({ schema: 'shop', pattern: 'c%' });
    expect(data).toEqual({
      tables: [
        {
          schema: 'shop',
          name: 'customer_orders',
          type: 'view',
          rows_estimate: null,
          size_bytes: null,
          rls: false,
          readable: true,
          comment: 'Orders by name',
        },
        {
          schema: 'shop',
          name: 'customers',
          type: 'table',
          rows_estimate: 200,
          size_bytes: expect.any(Number),
          rls: false,
          readable: true,
          comment: 'People who buy.\nSecond line\twith a tab.',
        },
      ],
      total: 2,
      truncated: false,
      next_cursor: null,
      unavailable: [],
    });
    expect(data.tables[1]?.size_bytes).toBeGreaterThan(8192);
  });

  test('leaves out system schemas and partitions unless they are asked for', async () => {
    const { data } = await list({ detail: 'names' });
    expect(new Set(data.tables.map(({ schema }) => schema))).toEqual(new Set(['Odd Names', 'audit', 'shop']));
    expect(data.tables.map(({ name }) => name)).not.toContain('events_2024');
    expect(await names({ schema: 'pg_catalog', pattern: 'pg_class' })).toEqual(['pg_class']);
    expect(await names({ schema: 'shop', pattern: 'events_2%', include_partitions: true })).toEqual([
      'events_2024',
      'events_2025',
      'events_2025_click',
    ]);
  });

  test('sums the leaf partitions of a partitioned table, and says whose partition each is', async () => {
    const { data } = await list({ schema: 'shop', pattern: 'events%', include_partitions: true });
    const facts = data.tables.map(({ name, partitions, partition_of, rows_estimate }) => ({
      name,
      partitions,
      partition_of,
      rows_estimate,
    }));
    expect(facts).toEqual([
      { name: 'events', partitions: 3, partition_of: undefined, rows_estimate: 800 },
      { name: 'events_2024', partitions: undefined, partition_of: 'shop.events', rows_estimate: 500 },
      { name: 'events_2025', partitions: 1, partition_of: 'shop.events', rows_estimate: 300 },
      { name: 'events_2025_click', partitions: undefined, partition_of: 'shop.events_2025', rows_estimate: 300 },
      { name: 'events_rest', partitions: undefined, partition_of: 'shop.events', rows_estimate: 0 },
    ]);
    const size = (name: string) => data.tables.find((table) => table.name === name)?.size_bytes ?? 0;
    expect(size('events')).toBe(size('events_2024') + size('events_2025') + size('events_rest'));
  });

  test('does not pass an unknown row count or size off as zero', async () => {
    const { data } = await list({ schema: 'shop', pattern: '%a%' });
    const of = (name: string) => data.tables.find((table) => table.name === name);
    expect(of('never_analyzed')).toMatchObject({ rows_estimate: null, size_bytes: 0 });
    expect(of('far_away')).toMatchObject({ type: 'foreign_table', rows_estimate: null, size_bytes: null });
  });

  test('matches names as LIKE does, without regard to case', async () => {
    expect(await names({ schema: 'shop', pattern: 'CUSTOMER_' })).toEqual(['customers']);
    expect(await names({ pattern: 'ünïcödé %🐘' })).toEqual(['ünïcödé 名前 🐘']);
    expect(await names({ pattern: 'two\nlines' })).toEqual(['two\nlines']);
    expect(await names({ pattern: 'event\\_notes' })).toEqual(['event_notes']);
    expect(await names({ pattern: "'; drop table shop.orders; --" })).toEqual([]);
    await expect(list({ pattern: 'x\\' })).rejects.toThrow('ends with a single \\');
    await expect(list({ pattern: 'x\0' })).rejects.toThrow('NUL');
  });

  test('lists only the types asked for', async () => {
    expect(await names({ types: ['view', 'foreign_table'] })).toEqual(['customer_orders', 'far_away']);
    expect(await names({ types: ['materialized_view'] })).toEqual(['not_yet', 'totals']);
    expect(await names({ types: ['partitioned_table'] })).toEqual(['events', 'hashed']);
  });

  test('names the nearest schemas for one that does not exist, and lists none for one that is empty', async () => {
    await expect(list({ schema: 'shp' })).rejects.toThrow('no schema "shp" in database main. Nearest: shop');
    await zoo.run('create schema if not exists hollow');
    expect((await list({ schema: 'hollow' })).data.tables).toEqual([]);
  });

  test('marks what the role may not read', async () => {
    const { data, text } = await callTool(listTables, testDeps(zoo.reader), { schema: 'audit' });
    expect(data.tables.map(({ name, readable }) => [name, readable])).toEqual([
      ['orders', true],
      ['partly', true],
      ['secrets', false],
    ]);
    expect(text.split('\n').find((line) => line.includes('secrets'))).toMatch(/\bno$/);
  });

  test('writes one line a table, whatever is in names and comments', async () => {
    const { text } = await list({ schema: 'shop', pattern: 'customers' });
    expect(text).toMatch(
      /^schema\tname\ttype\trows\tsize\tcomment\nshop\tcustomers\ttable\t200\t\d+ kB\tPeople who buy\.\\nSecond line\\twith a tab\.$/,
    );
    expect((await list({ schema: 'Odd Names' })).text.split('\n')).toHaveLength(8);
    await zoo.run("comment on table audit.orders is E'a\\u001b[2Jb\\u202ec\\u2028d'");
    expect((await list({ schema: 'audit', pattern: 'orders' })).text).toContain('a\\u001b[2Jb\\u202ec\\u2028d');
  });

  test('answers while a table is locked, and says that its size is missing and why', async () => {
    const holder = postgres(zoo.server.urlFor({ database: 'zoo' }), { max: 1 });
    await holder.begin(async (transaction) => {
      await transaction.unsafe('lock table shop.orders, shop.events_2024 in access exclusive mode');
      const { data } = await list({ schema: 'shop', pattern: 'orders' });
      expect(data.tables).toMatchObject([{ name: 'orders', size_bytes: null, rows_estimate: 1000 }]);
      expect(data.unavailable).toMatchObject([{ what: 'size_bytes of shop.orders' }]);
      expect((await list({ schema: 'shop', pattern: 'events' })).data.tables).toMatchObject([{ size_bytes: null }]);
    });
    await holder.end();
    expect((await list({ schema: 'shop', pattern: 'orders' })).data.unavailable).toEqual([]);
  });

  test('sends one query, and a second one only to check a schema that gave nothing', async () => {
    const before = zoo.admin.sent();
    await list();
    expect(zoo.admin.sent() - before).toBe(1);
    await list({ schema: 'shop', pattern: 'nothing like it' });
    expect(zoo.admin.sent() - before).toBe(3);
  });

  describe('with 1500 tables', () => {
    beforeAll(() =>
      zoo.run(`create schema many;
        do $$ begin
          for i in 1..1500 loop
            execute pg_catalog.format('create table many.%I (id int)', 'T' || pg_catalog.lpad(i::text, 5, '0'));
          end loop;
        end $$`),
    );

    test('pages through them without gaps or repeats, though tables come and go meanwhile', async () => {
      const seen: string[] = [];
      let cursor: string | null = null;
      let pages = 0;
      do {
        const { data } = await list({ schema: 'many', limit: 400, detail: 'names', ...(cursor ? { cursor } : {}) });
        expect(data.truncated).toBe(data.next_cursor !== null);
        if (pages === 0) expect(data.total).toBe(1500);
        seen.push(...data.tables.map(({ name }) => name));
        cursor = data.next_cursor;
        if (pages++ === 0) await zoo.run('drop table many."T00003"; create table many."A_first" (id int)');
      } while (cursor !== null);
      expect(pages).toBe(4);
      expect(seen).toEqual(Array.from({ length: 1500 }, (_, index) => `T${String(index + 1).padStart(5, '0')}`));
    });

    test('says how to get the rest', async () => {
      const { data, text } = await list({ schema: 'many', limit: 2 });
      expect(text).toContain(`2 of ${data.total} shown; for more, call again with cursor "${data.next_cursor}"`);
    });

    test('refuses a cursor that is not its own, or of another listing', async () => {
      const { data } = await list({ schema: 'many', limit: 2 });
      const cursor = data.next_cursor ?? '';
      const bare = Buffer.from(cursor, 'base64url').toString();
      for (const forged of ['', 'x', '%%%', `${cursor}AAAA`, Buffer.from('["a","b"]').toString('base64url'), bare]) {
        await expect(list({ schema: 'many', limit: 2, cursor: forged })).rejects.toThrow(
          'not one that list_tables gave',
        );
      }
      await expect(list({ schema: 'shop', limit: 2, cursor })).rejects.toThrow('other arguments');
      await expect(list({ schema: 'many', pattern: 'T%', limit: 2, cursor })).rejects.toThrow('other arguments');
      await expect(list({ schema: 'many', limit: 5, detail: 'names', cursor })).resolves.toBeDefined();
    });
  });

  test('is not led astray by a hostile search_path', async () => {
    await zoo.run(`create schema evil;
      create table evil.pg_class (oid oid, relname name, relnamespace oid);
      create table evil.pg_namespace (oid oid, nspname name);
      create function evil.count(anyelement) returns bigint language sql as 'select 666::bigint';
      create function evil.obj_description(oid, name) returns text language sql as $$ select 'lies' $$;
      create function evil.pg_total_relation_size(regclass) returns bigint language sql as 'select 666::bigint';
      create type evil.text as enum ('lies');
      create role misled login superuser;
      alter role misled set search_path = evil, pg_catalog`);
    const misled = zoo.open('main', { user: 'misled' });
    const args = { schema: 'shop' };
    expect((await callTool(listTables, testDeps(misled), args)).data).toEqual((await list(args)).data);
  });
});
