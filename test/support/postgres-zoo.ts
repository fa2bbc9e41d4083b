import { readFile } from 'node:fs/promises';
import postgres from 'postgres';
import { type PostgresServer, type PostgresVersion, startPostgres } from './postgres.ts';
import { type TestDatabase, testDatabase } from './postgres-database.ts';

/** A server with the database `zoo` that `postgres-zoo.sql` makes, and the role `reader` that may only SELECT. */
export interface Zoo {
  readonly server: PostgresServer;
  /** The zoo as the superuser sees it. */
  readonly admin: TestDatabase;
  /** The zoo as the role `reader` sees it. */
  readonly reader: TestDatabase;
  /** Runs SQL as the superuser, several statements at once; on another database where one is named. */
  run(sql: string, database?: string): Promise<readonly (readonly unknown[])[]>;
  /** A database of this server, closed with it. */
  open(id: string, as: { readonly user?: string; readonly database?: string }): TestDatabase;
  stop(): Promise<void>;
}

export async function startZoo(
  version: PostgresVersion,
  settings: Readonly<Record<string, string>> = {},
): Promise<Zoo> {
  const server = await startPostgres(version, { settings });
  const opened: TestDatabase[] = [];
  const open: Zoo['open'] = (id, { user = 'postgres', database = 'zoo' }) => {
    const made = testDatabase(id, server.urlFor({ user, database }));
    opened.push(made);
    return made;
  };
  async function run(sql: string, database = 'zoo'): Promise<readonly (readonly unknown[])[]> {
    const connection = postgres(server.urlFor({ database }), { max: 1, onnotice: () => undefined });
    try {
      return (await connection.unsafe(sql).values()) as unknown as unknown[][];
    } finally {
      await connection.end({ timeout: 1 });
    }
  }
  await run('create database zoo', 'postgres');
  await run(await zooSql());
  return {
    server,
    admin: open('main', {}),
    reader: open('main', { user: 'reader' }),
    run,
    open,
    async stop() {
      await Promise.allSettled(opened.map((database) => database.close()));
      await server.stop();
    },
  };
}

export function zooSql(): Promise<string> {
  return readFile(new URL('./postgres-zoo.sql', import.meta.url), 'utf8');
}
