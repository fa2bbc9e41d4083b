import type { Sql } from 'postgres';
import { afterAll, beforeAll } from 'vitest';
import type { FunctionCatalog } from '../../../../src/plugins/postgres/guard/checked-statement.ts';
import { type PostgresServer, type PostgresVersion, startPostgres } from '../../../support/postgres.ts';
import { liveCatalog } from './live-catalog.ts';
import { connect } from './run-read-only.ts';

/** A server for the tests of the block it is called in: seeded before them, stopped after. Its parts are there only in tests. */
export function seededServer(version: PostgresVersion, script: string): { sql: Sql; functions: FunctionCatalog } {
  let server: PostgresServer | undefined;
  const parts: { sql?: Sql; functions?: FunctionCatalog } = {};
  beforeAll(async () => {
    server = await startPostgres(version);
    parts.sql = connect(server.url);
    await parts.sql.unsafe(script).simple();
    parts.functions = liveCatalog(parts.sql);
  });
  afterAll(async () => {
    await parts.sql?.end({ timeout: 1 });
    await server?.stop();
  });
  return {
    get sql() {
      return started(parts.sql);
    },
    get functions() {
      return started(parts.functions);
    },
  };
}

function started<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error('The server is started before the first test, not before.');
  return part;
}
