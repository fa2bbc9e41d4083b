import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../src/core/errors.ts';
import { type CheckOptions, checkStatement } from '../../../../src/plugins/postgres/guard/check-statement.ts';
import type { FunctionCatalog } from '../../../../src/plugins/postgres/guard/checked-statement.ts';
import { listPostgresVersions, type PostgresServer, startPostgres } from '../../../support/postgres.ts';
import { attacks } from './attacks.ts';
import { harmless, legitimate } from './legitimate.ts';
import { liveCatalog } from './live-catalog.ts';
import { connect, runReadOnly } from './run-read-only.ts';
import { seed } from './seed.ts';

const maxRows = 100;

describe.each(listPostgresVersions())('on PostgreSQL %s', (version) => {
  let server: PostgresServer;
  let sql: Sql;
  let functions: FunctionCatalog;

  beforeAll(async () => {
    server = await startPostgres(version);
    sql = connect(server.url);
    await sql.unsafe(seed).simple();
    functions = liveCatalog(sql);
  });
  afterAll(async () => {
    await sql?.end({ timeout: 1 });
    await server?.stop();
  });

  const options = (): CheckOptions => {
    return { maxRows, offset: 0, maxBytes: 1_000_000, functions, signal: new AbortController().signal };
  };

  describe.each(Object.entries(attacks))('refuses %s', (_, statements) => {
    test.each(statements.map((statement) => [shown(statement), statement]))('%s', async (_shown, statement) => {
      const failure = await checkStatement(statement, options()).then(undefined, (error: unknown) => error);
      expect(failure).toBeInstanceOf(GatewayError);
      expect(failure).toMatchObject({ code: expect.stringMatching(/^(?:denied|invalid_input)$/) });
    });
  });

  describe('lets a legitimate statement pass, with its rows unchanged', () => {
    const known = legitimate.filter(({ since }) => (since ?? 0) <= Number(version));
    test.each(known.map((statement) => [shown(statement.sql), statement] as const))(
      '%s',
      async (_shown, { sql: text, params = [], varies }) => {
        const checked = await checkStatement(text, options());
        const [guarded, bare] = [
          await runReadOnly(sql, checked.text, params, maxRows + 1),
          await runReadOnly(sql, text, params, maxRows + 1),
        ];
        expect(guarded.columns).toEqual(bare.columns);
        if (varies) expect(guarded.rows.length > 0).toBe(bare.rows.length > 0);
        else expect(guarded.rows).toEqual(bare.rows);
      },
    );
  });

  test.each(harmless)('is not harmed by %s', async (text) => {
    const before = await contents(sql);
    const checked = await checkStatement(text, options()).catch((error: unknown) => error);
    if (checked instanceof Error) expect(checked).toBeInstanceOf(GatewayError);
    else await runReadOnly(sql, (checked as { text: string }).text, [], maxRows + 1).catch(() => undefined);
    expect(await contents(sql)).toEqual(before);
  });
});

async function contents(sql: Sql): Promise<unknown> {
  return sql`SELECT md5(string_agg(o::text, ',' ORDER BY id)) FROM orders o`.values();
}

function shown(statement: string): string {
  const visible = statement.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').replaceAll('%', '%%');
  return visible.length > 100 ? `${visible.slice(0, 100)}… (${statement.length})` : visible;
}
