import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tableInfo } from '../../../../src/plugins/postgres/tools/table-info.ts';
import { callTool } from '../../../support/call-tool.ts';
import { listPostgresVersions } from '../../../support/postgres.ts';
import { testDeps } from '../../../support/postgres-database.ts';
import { startZoo, type Zoo } from '../../../support/postgres-zoo.ts';

describe.each(listPostgresVersions())('table_info on PostgreSQL %s', (version) => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo(version);
  });
  afterAll(() => zoo.stop());

  const info = async (table: string, ...include: string[]) =>
    (await callTool(tableInfo, testDeps(zoo.admin), { table, ...(include.length > 0 ? { include } : {}) })).data;
  const asReader = async (table: string, ...include: string[]) =>
    (await callTool(tableInfo, testDeps(zoo.reader), { table, include })).data;

  test('describes columns: types, defaults, identity, generated, domains, enums, comments', async () => {
    expect(await info('shop.customers', 'columns')).toEqual({
      schema: 'shop',
      name: 'customers',
      type: 'table',
      owner: 'postgres',
      comment: 'People who buy.\nSecond line\twith a tab.',
      rows_estimate: 200,
      size_bytes: expect.any(Number),
      indexes_bytes: expect.any(Number),
      rls: 'off',
      readable: true,
      persistence: 'permanent',
      columns: [
        {
          name: 'id',
          type: 'bigint',
          nullable: false,
          default: null,
          identity: 'always',
          sequence: 'shop.customers_id_seq',
          comment: null,
        },
        { name: 'email', type: 'shop.email', nullable: false, default: null, domain_of: 'text', comment: null },
        {
          name: 'name',
          type: 'character varying(80)',
          nullable: false,
          default: "'nobody'::character varying",
          comment: null,
        },
        {
          name: 'mood',
          type: 'shop.mood',
          nullable: true,
          default: "'ok'::shop.mood",
          enum_values: ['sad', 'ok', 'it\'s "fine"'],
          comment: 'How they feel',
        },
        {
          name: 'feelings',
          type: 'shop.feeling[]',
          nullable: true,
          default: null,
          enum_values: ['sad', 'ok', 'it\'s "fine"'],
          comment: null,
        },
        { name: 'home', type: 'shop.address', nullable: true, default: null, comment: null },
        {
          name: 'label',
          type: 'text',
          nullable: true,
          default: null,
          generated: { kind: 'stored', expression: 'upper((name)::text)' },
          comment: null,
        },
        { name: 'referred_by', type: 'bigint', nullable: true, default: null, comment: null },
        {
          name: 'created_at',
          type: 'timestamp(3) with time zone',
          nullable: false,
          default: 'now()',
          comment: null,
        },
      ],
      cut: [],
      unavailable: [],
    });
  });

  test('names the collation of a column where it is not the default, and the sequence of a serial one', async () => {
    expect((await info('shop.regions')).columns?.at(-1)).toMatchObject({ collation: 'pg_catalog."C"' });
    expect((await info('shop.scratch')).columns?.[0]).toMatchObject({ sequence: 'shop.scratch_id_seq' });
  });

  test('describes keys and constraints of each kind', async () => {
    const { constraints } = await info('shop.orders', 'constraints');
    const plain = { validated: true, comment: null };
    expect(constraints).toEqual({
      primary_key: { name: 'orders_pkey', columns: ['id'], definition: 'PRIMARY KEY (id)', ...plain },
      unique: [],
      check: [
        {
          name: 'note_short',
          columns: ['note'],
          definition: 'CHECK (length(note) < 100) NOT VALID',
          validated: false,
          comment: null,
        },
        {
          name: 'total_not_negative',
          columns: ['total'],
          definition: 'CHECK (total >= 0::numeric)',
          ...plain,
        },
      ],
      exclusion: [
        {
          name: 'no_overlap',
          columns: ['during'],
          definition: 'EXCLUDE USING gist (during WITH &&)',
          validated: true,
          comment: 'One at a time',
        },
      ],
    });
    expect((await info('shop.regions', 'constraints')).constraints?.primary_key?.columns).toEqual(['country', 'code']);
  });

  test('describes foreign keys out and in, composite and to itself', async () => {
    const customers = (await info('shop.customers', 'foreign_keys')).foreign_keys;
    const toItself = {
      name: 'customers_referred_by_fkey',
      table: 'shop.customers',
      columns: ['referred_by'],
      references: { table: 'shop.customers', columns: ['id'] },
      on_update: 'no action',
      on_delete: 'set null',
      match: 'simple',
      validated: true,
    };
    expect(customers).toEqual({
      outgoing: [toItself],
      incoming: [
        toItself,
        {
          name: 'orders_customer_fk',
          table: 'shop.orders',
          columns: ['customer_id'],
          references: { table: 'shop.customers', columns: ['id'] },
          on_update: 'no action',
          on_delete: 'cascade',
          match: 'simple',
          deferrable: 'initially deferred',
          validated: true,
        },
      ],
    });
    expect((await info('shop.orders', 'foreign_keys')).foreign_keys?.outgoing[1]).toMatchObject({
      name: 'orders_region_fk',
      columns: ['country', 'region'],
      references: { table: 'shop.regions', columns: ['country', 'code'] },
      on_update: 'cascade',
      match: 'full',
    });
  });

  test('tells one foreign key for a partitioned table, not one for each partition', async () => {
    expect((await info('shop.events', 'foreign_keys')).foreign_keys?.incoming.map(({ name }) => name)).toEqual([
      'event_notes_fk',
    ]);
    expect((await info('shop.event_notes', 'foreign_keys')).foreign_keys?.outgoing.map(({ name }) => name)).toEqual([
      'event_notes_fk',
    ]);
  });

  test('describes indexes with size, use and validity, and the time of last use where the server has it', async () => {
    await zoo.run('create table shop.doubles (id int); insert into shop.doubles values (1), (1)');
    await zoo.run('create unique index concurrently doubles_key on shop.doubles (id)').catch(() => undefined);
    const [broken] = (await info('shop.doubles', 'indexes')).indexes ?? [];
    expect(broken).toMatchObject({ name: 'doubles_key', unique: true, valid: false });

    const orders = await info('shop.orders', 'indexes');
    expect(orders.indexes?.map(({ name }) => name)).toEqual([
      'orders_pkey',
      'no_overlap',
      'orders_customer_idx',
      'orders_note_idx',
    ]);
    expect(orders.indexes?.[2]).toMatchObject({
      definition:
        'CREATE INDEX orders_customer_idx ON shop.orders USING btree (customer_id) INCLUDE (total) WHERE (total > (10)::numeric)',
      unique: false,
      valid: true,
      scans: 0,
    });
    expect(orders.indexes?.[3]).toMatchObject({ comment: 'Search by note', size_bytes: expect.any(Number) });
    expect(orders).toHaveProperty('counters_since');
    if (version === '18') {
      await zoo.run(
        'set enable_seqscan = off; select * from shop.customers where id = 5; select pg_stat_force_next_flush()',
      );
      expect((await info('shop.customers', 'indexes')).indexes?.[0]?.last_scan).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
      expect(orders.unavailable).toEqual([]);
    } else {
      expect(orders.indexes?.[0]).not.toHaveProperty('last_scan');
      expect(orders.unavailable).toMatchObject([{ what: 'indexes[].last_scan' }]);
    }
  });

  test('describes triggers and policies, not those that carry foreign keys', async () => {
    const { triggers, policies, rls } = await info('shop.orders', 'triggers', 'policies');
    expect(rls).toBe('on');
    expect(triggers).toEqual([
      {
        name: 'orders_sleeping',
        enabled: 'disabled',
        definition:
          'CREATE TRIGGER orders_sleeping AFTER DELETE ON shop.orders FOR EACH STATEMENT EXECUTE FUNCTION shop.touch()',
        comment: null,
      },
      {
        name: 'orders_touch',
        enabled: 'yes',
        definition:
          'CREATE TRIGGER orders_touch BEFORE INSERT OR UPDATE OF total ON shop.orders FOR EACH ROW WHEN ((new.total > (0)::numeric)) EXECUTE FUNCTION shop.touch()',
        comment: 'Touches',
      },
    ]);
    expect(policies).toEqual([
      {
        name: 'no_cheap',
        command: 'insert',
        permissive: false,
        roles: ['public'],
        using: null,
        with_check: '(total > (1)::numeric)',
        comment: 'Only dear ones',
      },
      {
        name: 'own_orders',
        command: 'select',
        permissive: true,
        roles: ['reader', 'owner_of_zoo'],
        using: '(customer_id = 1)',
        with_check: null,
        comment: null,
      },
    ]);
  });

  test('places a table in its tree of partitions or inheritance', async () => {
    const { partitions } = await info('shop.events_2025', 'partitions');
    expect(partitions).toEqual({
      strategy: 'list',
      key: 'LIST (kind)',
      parents: ['shop.events'],
      bounds: "FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2026-01-01 00:00:00+00')",
      children_total: 1,
      children: [
        {
          table: 'shop.events_2025_click',
          bounds: "FOR VALUES IN ('click', 'tap')",
          rows_estimate: 300,
          size_bytes: expect.any(Number),
        },
      ],
    });
    expect((await info('shop.events')).partitions).toMatchObject({ strategy: 'range', children_total: 3, parents: [] });
    expect((await info('shop.hashed')).partitions).toMatchObject({ strategy: 'hash', key: 'HASH (id)' });
    expect((await info('shop.dogs')).partitions).toMatchObject({ parents: ['shop.animals'], children: [] });
    expect((await info('shop.animals')).partitions?.children).toMatchObject([{ table: 'shop.dogs', bounds: null }]);
    expect((await info('shop.orders')).partitions).toBeUndefined();
  });

  test('tells what the server counted and sampled', async () => {
    await zoo.run('delete from shop.customers where id > 190 and id not in (select customer_id from shop.orders)');
    const { stats } = await info('shop.customers', 'stats');
    expect(stats?.counters).toMatchObject({ inserted: 200, last_vacuum: null, last_analyze: expect.any(String) });
    expect(stats?.columns[0]).toEqual({ name: 'id', null_frac: 0, n_distinct: -1, avg_width: 8, correlation: 1 });
    expect((await info('shop.events', 'stats')).stats).toMatchObject({
      counters: { inserted: 800 },
      columns: [{ name: 'id' }, { name: 'at' }, { name: 'kind', n_distinct: 1 }],
    });
  });

  test('says what statistics are missing and why, instead of zeros', async () => {
    const never = await info('shop.never_analyzed', 'stats');
    expect(never.rows_estimate).toBeNull();
    expect(never.unavailable.at(-1)).toEqual({
      what: 'stats.columns',
      why: 'The table was never analysed.',
      fix: 'ANALYZE "shop"."never_analyzed";',
    });
    const view = await info('shop.customer_orders', 'stats');
    expect(view.stats).toEqual({ columns: [] });
    expect(view.unavailable).toMatchObject([{ what: 'stats', why: expect.stringContaining('view stores no rows') }]);
    expect((await info('shop.far_away', 'stats')).unavailable[0]).toMatchObject({ what: 'stats.counters' });
  });

  test('takes sample rows only when asked to, whatever the name', async () => {
    expect(await info('shop.customers')).not.toHaveProperty('sample');
    const { sample } = await info('"Odd Names"."Select"', 'sample');
    expect(sample?.rows.map((row) => row.map(String))).toEqual([['1', 'one', '2']]);
    expect(sample?.columns.map(({ name }) => name)).toEqual(['from', 'Größe "x"', 'a.b']);
    expect((await info('shop.orders', 'sample')).sample?.rows).toHaveLength(5);
    for (const name of ['with "quotes"', 'users; drop table x--', 'two\nlines']) {
      expect((await info(name, 'sample')).sample?.rows).toEqual([]);
    }
  });

  test('says why there is no sample instead of failing', async () => {
    expect((await info('shop.not_yet', 'columns', 'sample')).unavailable).toMatchObject([{ what: 'sample' }]);
    expect((await info('shop.far_away', 'sample')).unavailable[0]?.why).toContain('no handler');
  });

  test('finds a table by whatever spelling SQL takes', async () => {
    const found = async (args: Record<string, unknown>) => {
      const { data } = await callTool(tableInfo, testDeps(zoo.admin), { include: ['columns'], ...args });
      return `${data.schema}|${data.name}`;
    };
    expect(await found({ table: 'customers' })).toBe('shop|customers');
    expect(await found({ table: 'SHOP.Customers' })).toBe('shop|customers');
    expect(await found({ table: ' "shop" . "customers" ' })).toBe('shop|customers');
    expect(await found({ table: 'customers', schema: 'SHOP' })).toBe('shop|customers');
    expect(await found({ table: 'shop.customers', schema: 'shop' })).toBe('shop|customers');
    expect(await found({ table: 'Select' })).toBe('Odd Names|Select');
    expect(await found({ table: 'Odd Names.Select' })).toBe('Odd Names|Select');
    expect(await found({ table: 'a.b' })).toBe('Odd Names|a.b');
    expect(await found({ table: '"a.b"', schema: 'Odd Names' })).toBe('Odd Names|a.b');
    expect(await found({ table: '"with ""quotes"""' })).toBe('Odd Names|with "quotes"');
    expect(await found({ table: 'ünïcödé 名前 🐘' })).toBe('Odd Names|ünïcödé 名前 🐘');
    const long = 'this_name_is_exactly_as_long_as_a_name_may_be_sixty_three_bytes';
    expect(await found({ table: `${long}_and_this_the_server_cuts_off` })).toBe(`Odd Names|${long}`);
    expect(await found({ table: 'pg_class' })).toBe('pg_catalog|pg_class');
    expect(await found({ table: 'information_schema.tables' })).toBe('information_schema|tables');
  });

  test('helps with a name that is ambiguous, unknown, or of something else', async () => {
    await expect(info('orders')).rejects.toThrow('in several schemas: audit.orders, shop.orders');
    await expect(info('shop.custmers')).rejects.toThrow(/no table or view shop\.custmers .*Nearest: shop\.customers/);
    await expect(info('audit.customers')).rejects.toThrow('Nearest: shop.customers');
    await expect(info('zoo.shop.customers')).rejects.toThrow('Nearest: shop.customers');
    await expect(info('orders_pkey')).rejects.toThrow('shop.orders_pkey is an index of shop.orders');
    await expect(info('customers_id_seq')).rejects.toThrow('is a sequence, not a table');
    await expect(info("x'; drop table shop.orders; --")).rejects.toThrow('no table or view');
    await expect(info('x\0')).rejects.toThrow('NUL');
    await expect(info('shop.')).rejects.toThrow('no table or view');
  });

  test('tells a role that may only SELECT what it may not see, and fails at nothing', async () => {
    const everything = ['columns', 'constraints', 'foreign_keys', 'indexes', 'triggers', 'policies', 'partitions'];
    const orders = await asReader('shop.orders', ...everything, 'stats', 'ddl');
    const asAdmin = await info('shop.orders', ...everything, 'ddl');
    for (const part of [...everything, 'ddl']) {
      expect(orders[part as 'ddl'], part).toEqual(asAdmin[part as 'ddl']);
    }
    expect(orders.unavailable.at(-1)?.why).toContain('Row level security binds this role');

    const secrets = await asReader('audit.secrets', 'columns', 'stats', 'sample');
    expect(secrets).toMatchObject({ readable: false, columns: [{ name: 'id' }, { name: 'secret' }] });
    expect(secrets.unavailable.map(({ what }) => what)).toEqual(
      version === '18' ? ['stats.columns', 'sample'] : ['stats.counters.last_seq_scan', 'stats.columns', 'sample'],
    );
    expect(await asReader('audit.partly', 'columns')).toMatchObject({
      readable: true,
      columns: [{ name: 'open' }, { name: 'closed', readable: false }],
    });
  });

  test('reads the other parts where the server refuses one', async () => {
    await zoo.run('revoke select on pg_catalog.pg_policy from public');
    try {
      const { columns, policies, indexes, unavailable } = await asReader(
        'shop.orders',
        'columns',
        'policies',
        'indexes',
      );
      expect([columns?.length, indexes?.length, policies]).toEqual([7, 4, undefined]);
      expect(unavailable).toContainEqual({
        what: 'policies',
        why: expect.stringContaining('permission denied for table pg_policy'),
        fix: 'GRANT the role what the message names.',
      });
    } finally {
      await zoo.run('grant select on pg_catalog.pg_policy to public');
    }
  });

  test('answers while the table is locked, without what would wait for the lock', async () => {
    const holder = postgres(zoo.server.urlFor({ database: 'zoo' }), { max: 1 });
    await holder.begin(async (transaction) => {
      await transaction.unsafe('lock table shop.regions in access exclusive mode; reindex index shop.orders_note_idx');
      const regions = await info('shop.regions', 'columns', 'constraints', 'foreign_keys', 'stats', 'sample', 'ddl');
      expect(regions).toMatchObject({ size_bytes: null, columns: [{ name: 'country' }, { name: 'code' }, {}] });
      expect(regions.foreign_keys?.incoming).toHaveLength(1);
      expect(regions.stats?.columns).toHaveLength(3);
      expect(regions.constraints).toBeUndefined();
      const missing = regions.unavailable.filter(({ why }) => why.includes('ACCESS EXCLUSIVE')).map(({ what }) => what);
      expect(missing).toEqual([
        'size_bytes of shop.regions',
        'columns[].default and columns[].generated.expression',
        'constraints',
        'ddl',
        'sample',
      ]);
      const orders = await info('shop.orders', 'indexes');
      expect(orders.indexes?.map(({ size_bytes }) => size_bytes === null)).toEqual([false, false, false, true]);
      expect((await info('shop.orders', 'columns')).size_bytes).toBeNull();
    });
    await holder.end();
    expect((await info('shop.regions', 'constraints')).constraints?.primary_key?.name).toBe('regions_pkey');
  });

  test('cuts long lists and says how to get the rest', async () => {
    await zoo.run(`create schema crowd;
      create table crowd.hub (id int primary key);
      do $$ begin
        for i in 1..205 loop
          execute pg_catalog.format('create table crowd.%I (hub int references crowd.hub)', 'spoke_' || i);
        end loop;
        execute 'create type crowd.long as enum (' ||
          (select pg_catalog.string_agg(pg_catalog.quote_literal('v' || g), ',' order by g) from generate_series(1, 300) g) || ')';
        for i in 1..120 loop
          execute pg_catalog.format('create table crowd.%I () inherits (crowd.hub)', 'child_' || i);
        end loop;
      end $$;
      create table crowd.enums (e crowd.long)`);
    const hub = await info('crowd.hub', 'foreign_keys', 'partitions');
    expect(hub.foreign_keys?.incoming).toHaveLength(200);
    expect(hub.partitions?.children).toHaveLength(100);
    expect(hub.partitions?.children_total).toBe(120);
    expect(hub.cut).toEqual([
      'foreign_keys.incoming: the first 200 only. The rest is in pg_constraint, by confrelid.',
      'partitions.children: the first 100 only. list_tables with include_partitions pages through all.',
    ]);
    const enums = await info('crowd.enums', 'columns');
    expect(enums.columns?.[0]?.enum_values?.slice(-1)).toEqual(['v100']);
    expect(enums.cut).toEqual(['enum_values of column e: the first 100 of 300. The rest is in pg_enum.']);
  });

  test('cuts long texts and says which', async () => {
    await zoo.run(`create table shop.wordy (a text default '${'d'.repeat(5000)}', check (a <> '${'c'.repeat(5000)}'));
      comment on table shop.wordy is '${'t'.repeat(5000)}';
      insert into shop.wordy values ('${'v'.repeat(5000)}')`);
    const wordy = await info('shop.wordy', 'columns', 'constraints', 'sample');
    expect(wordy.comment).toBe(`${'t'.repeat(3999)}…`);
    expect(wordy.columns?.[0]?.default).toHaveLength(4000);
    expect(String(wordy.sample?.rows[0]?.[0])).toHaveLength(500);
    expect(wordy.cut).toEqual([
      'comment, columns[0].default, constraints.check[0].definition: the first 4000 characters only. execute_sql on the system catalogs has it whole.',
      'sample.rows[0][0]: the first 500 characters only. execute_sql has it whole.',
    ]);
  });

  test('needs two queries however many parts are wanted, and one more for a sample', async () => {
    await zoo.admin.versionNum();
    const before = zoo.admin.sent();
    await info('shop.orders', 'columns', 'constraints', 'foreign_keys', 'indexes', 'partitions', 'stats', 'ddl');
    expect(zoo.admin.sent() - before).toBe(2);
    await info('shop.orders', 'columns', 'sample');
    expect(zoo.admin.sent() - before).toBe(5);
  });

  test('writes a text that a model can read', async () => {
    const { text } = await callTool(tableInfo, testDeps(zoo.admin), { table: 'shop.regions' });
    const lines = text.split('\n').map((line) => line.replace(/\d+ kB/g, 'n kB').replace(/ \(enabled.*/, ''));
    expect(lines.slice(0, 8)).toEqual([
      'shop.regions: table, ~2 rows, n kB, of it indexes n kB, owner postgres',
      'column\ttype\tnull\tnotes',
      'country\tcharacter(2)\tno\t',
      'code\tinteger\tno\t',
      'title\ttext\tyes\tcollate pg_catalog."C"',
      'primary key: regions_pkey PRIMARY KEY (country, code)',
      'referenced by:',
      '  orders_region_fk: shop.orders (country, region) -> shop.regions (country, code) match full on update cascade',
    ]);
  });

  test('is not led astray by a hostile search_path', async () => {
    await zoo.run(`create schema evil;
      create table evil.pg_attribute (attname name);
      create table evil.pg_constraint (conname name);
      create function evil.format_type(oid, int) returns text language sql as $$ select 'lies' $$;
      create function evil.pg_get_constraintdef(oid, boolean) returns text language sql as $$ select 'lies' $$;
      create type evil.text as enum ('lies');
      create role misled login superuser;
      alter role misled set search_path = evil, pg_catalog`);
    const misled = testDeps(zoo.open('main', { user: 'misled' }));
    const args = { table: 'shop.orders', include: ['columns', 'constraints', 'foreign_keys', 'indexes', 'ddl'] };
    const found = (await callTool(tableInfo, misled, args)).data;
    // The server itself qualifies the type's name where another one hides it, as it should.
    expect(JSON.parse(JSON.stringify(found).replaceAll('pg_catalog.text', 'text'))).toEqual(
      (await callTool(tableInfo, testDeps(zoo.admin), args)).data,
    );
  });
});
