import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayError } from '../../../src/core/errors.ts';
import { CellDecoder } from '../../../src/plugins/postgres/decode/decode.ts';
import { TypeCatalog } from '../../../src/plugins/postgres/decode/type-catalog.ts';
import type { PostgresDeps, QueryResult } from '../../../src/plugins/postgres/deps.ts';
import { openTestDatabases } from '../../support/open-databases.ts';
import { listPostgresVersions, type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { attacks } from './guard/attacks.ts';
import { harmless, legitimate } from './guard/legitimate.ts';
import { seed } from './guard/seed.ts';

/** Everything that a statement could change and leave behind, as far as one query sees it. */
const traces = `select
  (select md5(string_agg(o::text, ',' order by id)) from orders o),
  (select last_value::text || is_called from numbers),
  (select md5(string_agg(c::text, ',' order by oid)) from (select oid, relname, relowner, relacl, relfilenode from pg_class) c),
  (select md5(string_agg(p::text, ',' order by oid)) from (select oid, proname, prosrc, proacl from pg_proc) p),
  (select md5(string_agg(r::text, ',' order by oid)) from pg_authid r),
  (select md5(string_agg(t::text, ',' order by oid)) from (select oid, typname from pg_type) t),
  (select md5(string_agg(name || '=' || setting, ',' order by name)) from pg_settings where name not like 'plpgsql%'),
  (select count(*) from pg_largeobject_metadata),
  (select count(*) from pg_replication_slots),
  (select count(*) from pg_prepared_xacts),
  (select count(*) from pg_locks where locktype = 'advisory')`;

describe.each(listPostgresVersions())('as superuser on PostgreSQL %s', (version) => {
  let server: PostgresServer;
  let admin: postgres.Sql;
  let databases: PostgresDeps;

  beforeAll(async () => {
    server = await startPostgres(version);
    admin = postgres(server.url, { max: 1, onnotice: () => undefined, fetch_types: false });
    await admin.unsafe(seed).simple();
    databases = await openTestDatabases({ databases: { main: server.url }, statementTimeoutMs: 2000 });
  });
  afterAll(async () => {
    await databases.close();
    await admin.end();
    await server.stop();
  });

  function query(sql: string, params: readonly unknown[] = []): Promise<QueryResult> {
    const request = { sql, params, maxRows: 10_000, offset: 0, timeoutMs: 2000 };
    return databases.database('main').query(request, new AbortController().signal);
  }
  const left = async () => [...(await admin.unsafe(traces).values())];

  test.each(Object.entries(attacks))('%s changes nothing', async (_what, statements) => {
    const before = await left();
    for (const sql of statements) {
      const failure: unknown = await query(sql).then(undefined, (error: unknown) => error);
      expect(failure, sql).toBeInstanceOf(GatewayError);
    }
    expect(await left()).toEqual(before);
  });

  test('what may run is cut or ended, and changes nothing either', async () => {
    const before = await left();
    for (const sql of harmless) {
      const outcome: unknown = await query(sql).then(
        ({ rows }) => rows.length,
        (error: unknown) => error,
      );
      if (typeof outcome !== 'number') expect(outcome, sql).toBeInstanceOf(GatewayError);
    }
    expect(await left()).toEqual(before);
  });

  test('every legitimate statement gives the rows that the driver alone gives', async () => {
    const types = new TypeCatalog(databases.database('main').engine.catalog);
    for (const { sql, params = [], varies } of legitimate.filter(({ since }) => (since ?? 0) <= Number(version))) {
      const through = await query(sql, params);
      const bare = await admin.unsafe(sql, [...params], { prepare: true }).raw();
      const columns = bare.columns as unknown as { name: string; type: number }[];
      const oids = columns.map(({ type }) => type);
      const decoder = new CellDecoder(await types.resolve(oids, new AbortController().signal), 65_536);
      const rows = Array.from(bare as Iterable<readonly (Buffer | null)[]>, (row) =>
        row.map((cell, index) => decoder.decode(cell?.toString() ?? null, oids[index] ?? 0)),
      );
      expect(
        through.columns.map(({ name }) => name),
        sql,
      ).toEqual(columns.map(({ name }) => name));
      if (!varies) expect(through.rows, sql).toEqual(rows);
    }
  });
});
