import { PGlite, types } from '@electric-sql/pglite';
import { pg_stat_statements } from '@electric-sql/pglite/contrib/pg_stat_statements';
import { GatewayError } from '../../src/core/errors.ts';
import type { CatalogRow } from '../../src/plugins/postgres/catalog/row.ts';
import type { TestDatabase } from './postgres-database.ts';

/** Every type's value as the text that the server sent. */
const asText = Object.fromEntries(Object.values(types).map((oid) => [oid, (text: string) => text]));

/** A PostgreSQL in this process, in memory, with the result of `sql` in it. Takes some seconds and half a gigabyte. */
export async function pgliteDatabase(sql: string): Promise<TestDatabase> {
  const pglite = await PGlite.create({ extensions: { pg_stat_statements } });
  await pglite.exec(sql);
  let sent = 0;
  async function run(query: string, params: readonly unknown[]): Promise<CatalogRow[]> {
    sent++;
    try {
      const { rows } = await pglite.query<CatalogRow>(query, [...params], { parsers: asText });
      return rows;
    } catch (error) {
      throw new GatewayError('upstream', String(error), { cause: error });
    }
  }
  return {
    id: 'main',
    sent: () => sent,
    engine: {
      kind: 'embedded',
      target: 'embedded',
      state: () => ({ is: 'up' }),
      catalog: run,
      readOnly: () => Promise.reject(new Error('the tools under test never call it')),
      close: () => pglite.close(),
    },
    versionNum: async () => Number((await run('show server_version_num', []))[0]?.server_version_num),
    query: () => Promise.reject(new GatewayError('unsupported', 'not on this test database')),
    close: () => pglite.close(),
  };
}
