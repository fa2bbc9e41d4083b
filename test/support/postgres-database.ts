import postgres from 'postgres';
import { GatewayError } from '../../src/core/errors.ts';
import type { CatalogRow } from '../../src/plugins/postgres/catalog/row.ts';
import type { Database, PostgresDeps } from '../../src/plugins/postgres/deps.ts';

/** A database of the postgres plugin's port, straight on the driver: nothing between a tool's SQL and the server. */
export interface TestDatabase extends Database {
  /** How many catalog queries were sent. */
  readonly sent: () => number;
  close(): Promise<void>;
}

export function testDatabase(id: string, url: string): TestDatabase {
  const { host, pathname } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1)); // which the driver does not do
  const sql = postgres(url, { database, max: 3, onnotice: () => undefined, connect_timeout: 5 });
  let sent = 0;
  let version: Promise<number> | undefined;
  async function run(query: string, params: readonly unknown[]): Promise<CatalogRow[]> {
    sent++;
    try {
      const result = await sql.unsafe(query, params as never[], { prepare: true }).raw();
      const columns = (result as unknown as { columns: readonly { name: string }[] }).columns;
      return result.map((values) =>
        Object.fromEntries(
          columns.map(({ name }, index) => [name, (values[index] as Buffer | null)?.toString() ?? null]),
        ),
      );
    } catch (error) {
      if (error instanceof postgres.PostgresError) {
        throw new GatewayError('upstream', error.message, { cause: error, details: { sqlstate: error.code } });
      }
      throw new GatewayError('unavailable', `no connection: ${String(error)}`, { cause: error });
    }
  }
  return {
    id,
    sent: () => sent,
    engine: {
      kind: 'server',
      target: `${host}/${database}`,
      state: () => ({ is: 'up' }),
      catalog: run,
      readOnly: () => Promise.reject(new Error('the tools under test never call it')),
      close: () => sql.end({ timeout: 1 }),
    },
    versionNum: () => {
      version ??= run('show server_version_num', []).then(([row]) => Number(row?.server_version_num));
      return version;
    },
    async query({ sql: text, maxRows }) {
      const rows = await run(text, []);
      return {
        columns: Object.keys(rows[0] ?? {}).map((name) => ({ name, type: 'text' })),
        rows: rows.slice(0, maxRows).map((row) => Object.values(row)),
        truncated: rows.length > maxRows,
        truncatedBy: rows.length > maxRows ? 'rows' : null,
        limitApplied: false,
        durationMs: 1,
        notices: [],
      };
    },
    close: () => sql.end({ timeout: 1 }),
  };
}

/** The plugin's port over these databases, the first one being the default. */
export function testDeps(...databases: readonly Database[]): PostgresDeps {
  const byId = new Map(databases.map((database) => [database.id, database]));
  return {
    databases: byId,
    database(id) {
      const found = id === undefined ? databases[0] : byId.get(id);
      if (!found) throw new GatewayError('invalid_input', `There is no database "${id}".`);
      return found;
    },
    health: async () => ({ status: 'healthy' }),
    close: async () => undefined,
  };
}
