import type { Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../src/core/errors.ts';
import { listPostgresVersions } from '../../../support/postgres.ts';
import { attacks } from './attacks.ts';
import { check } from './fake-catalog.ts';
import { harmless, legitimate } from './legitimate.ts';
import { runReadOnly } from './run-read-only.ts';
import { seed } from './seed.ts';
import { seededServer } from './seeded-server.ts';

const maxRows = 100;

describe.each(listPostgresVersions())('on PostgreSQL %s', (version) => {
  const server = seededServer(version, seed);

  const checked = (text: string) => check(text, { maxRows, functions: server.functions });

  describe.each(Object.entries(attacks))('refuses %s', (_, statements) => {
    test.each(statements.map((statement) => [shown(statement), statement]))('%s', async (_shown, statement) => {
      const failure = await checked(statement).then(undefined, (error: unknown) => error);
      expect(failure).toBeInstanceOf(GatewayError);
      expect(failure).toMatchObject({ code: expect.stringMatching(/^(?:denied|invalid_input)$/) });
    });
  });

  describe('lets a legitimate statement pass, with its rows unchanged', () => {
    const known = legitimate.filter(({ since }) => (since ?? 0) <= Number(version));
    test.each(known.map((statement) => [shown(statement.sql), statement] as const))(
      '%s',
      async (_shown, { sql: text, params = [], varies }) => {
        const { text: guardedText } = await checked(text);
        const [guarded, bare] = [
          await runReadOnly(server.sql, guardedText, params, maxRows + 1),
          await runReadOnly(server.sql, text, params, maxRows + 1),
        ];
        expect(guarded.columns).toEqual(bare.columns);
        if (varies) expect(guarded.rows.length > 0).toBe(bare.rows.length > 0);
        else expect(guarded.rows).toEqual(bare.rows);
      },
    );
  });

  test.each(harmless)('is not harmed by %s', async (text) => {
    const before = await contents(server.sql);
    const outcome = await checked(text).catch((error: unknown) => error as GatewayError);
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(GatewayError);
    else await runReadOnly(server.sql, outcome.text, [], maxRows + 1).catch(() => undefined); // stopped or READ ONLY
    expect(await contents(server.sql)).toEqual(before);
  });
});

async function contents(sql: Sql): Promise<unknown> {
  return sql`SELECT md5(string_agg(o::text, ',' ORDER BY id)) FROM orders o`.values();
}

function shown(statement: string): string {
  const visible = statement.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').replaceAll('%', '%%');
  return visible.length > 100 ? `${visible.slice(0, 100)}… (${statement.length})` : visible;
}
