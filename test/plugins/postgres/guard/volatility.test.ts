import type { Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import { listPostgresVersions } from '../../../support/postgres.ts';
import { check } from './fake-catalog.ts';
import { seededServer } from './seeded-server.ts';

interface Named {
  readonly schema: string;
  readonly name: string;
  readonly volatile: boolean;
}

/** Procedural languages need interpreters that the test's binaries do not bring. */
const extensions = `
DO $$ DECLARE e text; BEGIN
  FOR e IN SELECT name FROM pg_available_extensions WHERE name !~ '^(jsonb_|hstore_|ltree_|bool_)?pl' ORDER BY 1 LOOP
    EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I CASCADE', e);
  END LOOP;
END $$`;

const harmlessInExtensions = [
  ...['gen_random_bytes', 'gen_random_uuid', 'gen_salt', 'normal_rand'],
  ...['pgp_pub_encrypt', 'pgp_pub_encrypt_bytea', 'pgp_sym_encrypt', 'pgp_sym_encrypt_bytea'],
  ...['pg_stat_statements', 'pg_stat_statements_info', 'pg_buffercache_summary', 'pg_buffercache_usage_counts'],
  ...['ssl_cipher', 'ssl_client_cert_present', 'ssl_is_used', 'ssl_version'],
  ...['uuid_generate_v1', 'uuid_generate_v1mc', 'uuid_generate_v4'],
];
const runningSql = ['connectby', 'crosstab', 'crosstab2', 'crosstab3', 'crosstab4', 'xpath_table'];

describe.each(listPostgresVersions())('every function of PostgreSQL %s', (version) => {
  const server = seededServer(version, extensions);

  /** Those of the functions that a statement may call; asks for many at once, and for fewer where that is refused. */
  async function allowed(all: readonly Named[]): Promise<readonly Named[]> {
    const calls = all.map(({ schema, name }) => `"${schema}"."${name}"()`).join(', ');
    const passed = await check(`SELECT ${calls}`, { functions: server.functions }).then(
      () => true,
      () => false,
    );
    if (passed || all.length <= 1) return passed ? all : [];
    const middle = Math.ceil(all.length / 2);
    return [...(await allowed(all.slice(0, middle))), ...(await allowed(all.slice(middle)))];
  }

  /** What the rules make of those functions, where it is not the plain rule by volatility. */
  async function exceptions(
    all: readonly Named[],
  ): Promise<{ allowed: readonly string[]; refused: readonly string[] }> {
    const passing = new Set(await allowed(all));
    return {
      allowed: all.filter((one) => one.volatile && passing.has(one)).map(({ name }) => name),
      refused: all.filter((one) => !one.volatile && !passing.has(one)).map(({ name }) => name),
    };
  }

  test('of its own is refused if it is VOLATILE or denied, but for the safe ones', async () => {
    const own = await callable(server.sql, "n.nspname = 'pg_catalog'");
    expect(own.length).toBeGreaterThan(2000);
    await expect(listed(await exceptions(own))).toMatchFileSnapshot(`snapshots/functions-${version}.txt`);
  });

  test('of its extensions is refused if it is VOLATILE or denied, but for the safe ones', async () => {
    const others = await callable(server.sql, 'e.objid IS NOT NULL');
    expect(others.length).toBeGreaterThan(400);
    // Not every build brings every extension.
    const { allowed: harmless, refused } = await exceptions(others);
    expect(harmless.filter((name) => !harmlessInExtensions.includes(name))).toEqual([]);
    expect(refused.filter((name) => !runningSql.includes(name))).toEqual([]);
    expect(refused).toContain('crosstab');
  });

  test('that an operator or a cast calls unseen is not VOLATILE', async () => {
    const unseen = await server.sql`
      SELECT 'operator', o.oprname, p.proname FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode WHERE p.provolatile = 'v'
      UNION ALL
      SELECT 'cast', '', p.proname FROM pg_cast c JOIN pg_proc p ON p.oid = c.castfunc WHERE p.provolatile = 'v'
      UNION ALL
      SELECT 'type', t.typname, p.proname FROM pg_type t JOIN pg_proc p ON p.oid IN (t.typinput, t.typoutput, t.typmodin)
      WHERE p.provolatile = 'v'`.values();
    expect([...unseen]).toEqual([]);
  });
});

/** The functions that SQL can call at all: not those for triggers and the server's own use. */
async function callable(sql: Sql, where: string): Promise<readonly Named[]> {
  return sql.unsafe<Named[]>(`
    SELECT n.nspname AS schema, p.proname AS name, bool_or(p.provolatile = 'v') AS volatile
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    LEFT JOIN pg_depend e ON e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e'
    WHERE ${where} AND NOT 'internal'::regtype = ANY (p.proargtypes::oid[]) AND p.prorettype::regtype::text !~ 'trigger$'
    GROUP BY 1, 2 ORDER BY volatile, name`);
}

function listed(exceptions: { allowed: readonly string[]; refused: readonly string[] }): string {
  const lines = (names: readonly string[]) => names.map((name) => `  ${name}\n`).join('');
  return `VOLATILE and allowed:\n${lines(exceptions.allowed)}\nnot VOLATILE and refused:\n${lines(exceptions.refused)}`;
}
