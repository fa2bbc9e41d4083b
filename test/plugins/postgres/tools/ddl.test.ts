import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tableInfo } from '../../../../src/plugins/postgres/tools/table-info.ts';
import { callTool } from '../../../support/call-tool.ts';
import { listPostgresVersions } from '../../../support/postgres.ts';
import { type TestDatabase, testDeps } from '../../../support/postgres-database.ts';
import { startZoo, type Zoo } from '../../../support/postgres-zoo.ts';

/** In an order in which they can be made again. */
const tables = [
  'shop.customers',
  'shop.regions',
  'shop.orders',
  'shop.events',
  'shop.events_2024',
  'shop.events_2025',
  'shop.events_2025_click',
  'shop.events_rest',
  'shop.event_notes',
  'shop.hashed',
  'shop.hashed_0',
  'shop.animals',
  'shop.dogs',
  'shop.customer_orders',
  'shop.totals',
  'shop.not_yet',
  'shop.far_away',
  'shop.scratch',
  'shop.no_columns',
  'shop.tuned',
  '"Odd Names"."Select"',
  '"Odd Names"."with ""quotes"""',
  '"Odd Names"."two\nlines"',
  '"Odd Names"."users; drop table x--"',
];

const before = `
create schema shop;
create schema "Odd Names";
create type shop.mood as enum ('sad', 'ok', 'it''s "fine"');
create domain shop.email as text check (value like '%@%');
create domain shop.feeling as shop.mood;
create type shop.address as (street text, city text);
create function shop.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create foreign data wrapper nowhere;
create server nowhere foreign data wrapper nowhere;
`;

const extra = `
create table shop.tuned (
  id smallint generated always as identity (sequence name shop.counter minvalue -5 start with -5 cycle cache 7),
  "Name" text collate "C" default E'it''s \\\\ here',
  v int not null,
  unique (v) deferrable,
  check (v > 0) no inherit
) with (fillfactor = 50, autovacuum_enabled = false, toast.autovacuum_enabled = false);
alter table shop.tuned alter column v set statistics 500;
alter table shop.tuned alter column "Name" set (n_distinct = -0.5);
create unique index tuned_v_idx on shop.tuned (v);
alter table shop.tuned cluster on tuned_v_idx;
alter table shop.tuned replica identity using index tuned_v_idx;
alter table shop.tuned force row level security;
create policy everything on shop.tuned using (true);
comment on column shop.tuned."Name" is 'with ''quotes'' and \\ backslash';
create trigger tuned_always after insert on shop.tuned execute function shop.touch();
alter table shop.tuned enable always trigger tuned_always;
alter table shop.dogs alter column name set default 'Rex';
`;

describe.each(listPostgresVersions())('the DDL of table_info on PostgreSQL %s', (version) => {
  let zoo: Zoo;
  let copy: TestDatabase;
  const ddlOf = async (database: TestDatabase, table: string) =>
    (await callTool(tableInfo, testDeps(database), { table, include: ['ddl'] })).data.ddl ?? '';

  beforeAll(async () => {
    zoo = await startZoo(version);
    await zoo.run(extra);
    if (version === '18') {
      await zoo.run(`alter table shop.tuned add column doubled int generated always as (v * 2) virtual;
        alter table shop.no_columns add column kept int constraint kept_for_a_reason not null`);
    }
    await zoo.run('create database copy', 'postgres');
    await zoo.run(before, 'copy');
    for (const table of tables) await zoo.run(await ddlOf(zoo.admin, table), 'copy');
    copy = zoo.open('main', { database: 'copy' });
  });
  afterAll(() => zoo.stop());

  test.each(tables)('makes %s again, the same in every part', async (table) => {
    const include = ['columns', 'constraints', 'foreign_keys', 'indexes', 'triggers', 'policies', 'ddl'];
    const [original, made] = await Promise.all(
      [zoo.admin, copy].map(async (database) => {
        const { data } = await callTool(tableInfo, testDeps(database), { table, include });
        const { size_bytes, indexes_bytes, rows_estimate, counters_since, indexes, ...rest } = data;
        return { ...rest, indexes: indexes?.map(({ name, definition, valid }) => ({ name, definition, valid })) };
      }),
    );
    expect(made).toEqual(original);
  });

  test('keeps what no other part tells', async () => {
    const settings = (database: string) =>
      zoo.run(
        `select c.relname, c.relpersistence, c.reloptions, c.relreplident, c.relforcerowsecurity, c.relispopulated,
          pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid), t.reloptions,
          array(select a.attname || ':' || a.attstorage::text || ':' || coalesce(a.attstattarget, -1) || ':' || coalesce(a.attoptions::text, '')
            from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 order by a.attnum)
        from pg_class c left join pg_class t on t.oid = c.reltoastrelid
        where c.relnamespace in ('shop'::regnamespace, '"Odd Names"'::regnamespace) and c.relkind in ('r', 'p', 'v', 'm', 'f')
          and c.relname = any ('{customers,orders,events,events_2024,events_2025,hashed_0,dogs,customer_orders,not_yet,far_away,scratch,tuned}')
        order by c.relname`,
        database,
      );
    expect(await settings('copy')).toEqual(await settings('zoo'));
    const sequences =
      'select sequencename, data_type, start_value, min_value, increment_by, cycle, cache_size from pg_sequences order by 1';
    expect(await zoo.run(sequences, 'copy')).toEqual(await zoo.run(sequences));
  });

  test('reads as one would write it', async () => {
    expect(await ddlOf(zoo.admin, 'shop.scratch')).toBe(
      `CREATE SEQUENCE shop.scratch_id_seq AS integer START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 CACHE 1;
CREATE UNLOGGED TABLE shop.scratch (
  id integer DEFAULT nextval('shop.scratch_id_seq'::regclass) NOT NULL,
  v text
)
WITH (fillfactor=70);
ALTER SEQUENCE shop.scratch_id_seq OWNED BY shop.scratch.id;
ALTER TABLE shop.scratch ALTER COLUMN v SET STORAGE EXTERNAL;
ALTER TABLE shop.scratch REPLICA IDENTITY FULL;
CREATE STATISTICS shop.scratch_stats (dependencies) ON id, v FROM shop.scratch;
CREATE RULE quiet AS
    ON DELETE TO shop.scratch DO INSTEAD NOTHING;`,
    );
  });

  test('names schemas in full, so that it means the same everywhere', async () => {
    await zoo.run(`create type public.colour as enum ('red');
      create table public.parent (id int primary key);
      create table public.child (parent int references public.parent, colour public.colour default 'red')`);
    expect(await ddlOf(zoo.admin, 'public.child')).toBe(`CREATE TABLE public.child (
  parent integer,
  colour public.colour DEFAULT 'red'::public.colour,
  CONSTRAINT child_parent_fkey FOREIGN KEY (parent) REFERENCES public.parent(id)
);`);
  });

  test('is cut where it is very long, and says how to get the rest', async () => {
    const columns = Array.from({ length: 1500 }, (_, index) => `"${'x'.repeat(50)}${index}" int`).join(', ');
    await zoo.run(`create table shop.wide (${columns})`);
    const { data } = await callTool(tableInfo, testDeps(zoo.admin), { table: 'shop.wide', include: ['ddl'] });
    expect(data.ddl).toHaveLength(60_000);
    expect(data.cut[0]).toMatch(/^ddl: the first 60000 of \d+ characters\. /);
  });
});
