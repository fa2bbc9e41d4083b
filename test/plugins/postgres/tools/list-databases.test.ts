import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../src/core/errors.ts';
import type { Database } from '../../../../src/plugins/postgres/deps.ts';
import type { EngineState } from '../../../../src/plugins/postgres/engine.ts';
import { listDatabases } from '../../../../src/plugins/postgres/tools/list-databases.ts';
import { callTool } from '../../../support/call-tool.ts';
import { listPostgresVersions } from '../../../support/postgres.ts';
import { testDeps } from '../../../support/postgres-database.ts';
import { startZoo, type Zoo } from '../../../support/postgres-zoo.ts';

/** A database whose every catalog query ends as told. */
function troubled(id: string, state: EngineState, catalog: () => Promise<never>): Database {
  return {
    id,
    engine: {
      kind: 'server',
      target: `db.internal:5432/${id}`,
      state: () => state,
      catalog,
      readOnly: catalog,
      close: async () => undefined,
    },
    versionNum: catalog,
    query: catalog,
  };
}

const down: EngineState = { is: 'down', reason: 'connection refused', fix: 'Start the server on db.internal.' };
const refused = () => Promise.reject(new GatewayError('unavailable', 'Connection to db.internal:5432 was refused.'));

describe.each(listPostgresVersions())('list_databases on PostgreSQL %s', (version) => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo(version);
    await zoo.run('create database closed', 'postgres');
    await zoo.run(`create database "Sales ""EU"" 名前"`, 'postgres');
    await zoo.run(
      "revoke connect on database closed from public; comment on database zoo is E'All kinds\\nof things'",
      'postgres',
    );
  });
  afterAll(() => zoo.stop());

  const server = () => `127.0.0.1:${zoo.server.port}`;

  test('tells of each database and connection', async () => {
    const { data } = await callTool(listDatabases, testDeps(zoo.admin));
    const plain = { server: server(), owner: 'postgres', encoding: 'UTF8', size_bytes: null, reachable: true };
    const counted = { connections: expect.any(Number), xid_age: expect.any(Number) };
    expect(data).toEqual({
      configured: [
        {
          id: 'main',
          kind: 'server',
          target: `${server()}/zoo`,
          state: 'up',
          database: 'zoo',
          role: 'postgres',
          server_version: expect.stringMatching(new RegExp(`^${version}\\.`)),
        },
      ],
      databases: [
        {
          ...plain,
          ...counted,
          name: 'zoo',
          configured_as: ['main'],
          is_current: true,
          comment: 'All kinds\nof things',
        },
        { ...plain, ...counted, name: 'Sales "EU" 名前', configured_as: [], is_current: false, comment: null },
        { ...plain, ...counted, name: 'closed', configured_as: [], is_current: false, comment: null },
        {
          ...plain,
          ...counted,
          name: 'postgres',
          configured_as: [],
          is_current: false,
          comment: 'default administrative connection database',
        },
      ],
      truncated: false,
      unavailable: [],
    });
    expect(data.databases[0]?.connections).toBeGreaterThan(0);
  });

  test('lists templates and measures sizes when asked to', async () => {
    const { data, text } = await callTool(listDatabases, testDeps(zoo.admin), {
      include_size: true,
      include_templates: true,
    });
    expect(data.databases.map(({ name }) => name)).toContain('template1');
    expect(data.databases.find(({ name }) => name === 'template0')?.reachable).toBe(false);
    for (const { name, size_bytes } of data.databases) expect(size_bytes, name).toBeGreaterThan(1_000_000);
    expect(text).toMatch(/zoo\tmain\tpostgres\tUTF8\t[\d.]+ MB\t/);
  });

  test('says which sizes a role may not know, and measures the rest', async () => {
    const { data } = await callTool(listDatabases, testDeps(zoo.reader), { include_size: true });
    const closed = data.databases.find(({ name }) => name === 'closed');
    expect(closed).toMatchObject({ reachable: false, size_bytes: null });
    expect(data.databases.find(({ name }) => name === 'zoo')?.size_bytes).toBeGreaterThan(1_000_000);
    expect(data.unavailable).toMatchObject([{ what: 'size_bytes of closed', fix: expect.stringContaining('GRANT') }]);
  });

  test('lists a server once for several connections to it, each under the ids that lead there', async () => {
    const sales = zoo.open('sales', { database: 'Sales "EU" 名前' });
    const reader = zoo.open('zoo-reader', { user: 'reader' });
    const { data } = await callTool(listDatabases, testDeps(reader, sales, zoo.admin));
    expect(data.configured.map(({ id, role, database }) => [id, role, database])).toEqual([
      ['zoo-reader', 'reader', 'zoo'],
      ['sales', 'postgres', 'Sales "EU" 名前'],
      ['main', 'postgres', 'zoo'],
    ]);
    expect(data.databases.filter(({ name }) => name === 'zoo')).toMatchObject([
      { configured_as: ['zoo-reader', 'main'] },
    ]);
    // The role `reader` may not connect there, the superuser may.
    expect(data.databases.find(({ name }) => name === 'closed')?.reachable).toBe(true);
    const one = await callTool(listDatabases, testDeps(reader, sales), { database: 'sales' });
    expect(one.data.configured.map(({ id }) => id)).toEqual(['sales']);
  });

  test('answers for the others, with reason and fix, when one is down', async () => {
    const { data, text } = await callTool(listDatabases, testDeps(troubled('orders', down, refused), zoo.admin));
    expect(data.configured).toMatchObject([
      { id: 'orders', state: 'down', reason: 'connection refused' },
      { id: 'main', state: 'up' },
    ]);
    expect(data.unavailable).toEqual([
      {
        what: 'database orders (db.internal:5432/orders)',
        why: 'connection refused',
        fix: 'Start the server on db.internal.',
      },
    ]);
    expect(data.databases.length).toBeGreaterThan(2);
    expect(text).toContain('orders (db.internal:5432/orders) is down\n');
    expect(text).toContain('(db.internal:5432/orders): connection refused. Fix: Start the server on db.internal.');
  });
});

test('answers when every database is down', async () => {
  const { data } = await callTool(listDatabases, testDeps(troubled('a', down, refused)));
  expect(data).toMatchObject({ configured: [{ state: 'down' }], databases: [], unavailable: [{ fix: down.fix }] });
});

test('does not wait for a database that never answers', async () => {
  const never = () => new Promise<never>(() => undefined);
  const { data } = await callTool(listDatabases, testDeps(troubled('hung', { is: 'up' }, never)));
  expect(data.configured).toMatchObject([{ id: 'hung', state: 'down', reason: 'No answer within 5 s.' }]);
});

test('says of one that is starting to try again', async () => {
  const starting: EngineState = { is: 'starting', reason: 'unpacking' };
  const busy = () => Promise.reject(new GatewayError('unavailable', 'The embedded database is starting.'));
  const { data } = await callTool(listDatabases, testDeps(troubled('main', starting, busy)));
  expect(data).toMatchObject({
    configured: [{ state: 'starting' }],
    unavailable: [{ fix: expect.stringContaining('try again') }],
  });
});

test('passes on what people must know of a database, and how to get to their own', async () => {
  const database = troubled('main', down, refused);
  const noticed = { ...database, engine: { ...database.engine, notice: () => 'Only a sample. Set DATABASE_URL.' } };
  const { data, text } = await callTool(listDatabases, testDeps(noticed));
  expect(data.configured[0]?.note).toBe('Only a sample. Set DATABASE_URL.');
  expect(text).toContain('Only a sample. Set DATABASE_URL.');
});

test('does not turn a defect into a database that is down', async () => {
  const defect = () => Promise.reject(new TypeError('x is undefined'));
  await expect(callTool(listDatabases, testDeps(troubled('main', { is: 'up' }, defect)))).rejects.toThrow(TypeError);
});

test('ends with the call', async () => {
  const gone = AbortSignal.abort(new GatewayError('cancelled', 'The client went away.'));
  const deps = testDeps(troubled('main', { is: 'up' }, refused));
  await expect(callTool(listDatabases, deps, {}, gone)).rejects.toThrow('The client went away.');
});
