import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FunctionCatalog } from '../../../../src/plugins/postgres/guard/checked-statement.ts';
import { listPostgresVersions, type PostgresServer, startPostgres } from '../../../support/postgres.ts';
import { check } from './fake-catalog.ts';
import { liveCatalog } from './live-catalog.ts';
import { Mutator } from './mutator.ts';
import { connect } from './run-read-only.ts';
import { seed } from './seed.ts';

/** Statements of each kind, however slow the machine; more while there is time. */
const atLeast = 150;
const budgetMs = 1500;

const version = listPostgresVersions().at(-1);
if (version === undefined) throw new Error('There is no PostgreSQL to ask for its functions.');

describe('statements made at random', () => {
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

  async function checkAll(make: (mutator: Mutator) => string, judge: (text: string, failure: unknown) => void) {
    const first = Date.now() % 1_000_000;
    const deadline = Date.now() + budgetMs;
    for (let round = 0; round < atLeast || Date.now() < deadline; round++) {
      const text = make(new Mutator(first + round));
      const failure: unknown = await check(text, { functions }).then(
        () => undefined,
        (error: unknown) => error,
      );
      judge(`seed ${first + round}: ${text}`, failure);
    }
  }

  test.each([
    ['a dangerous function', (mutator: Mutator) => mutator.statement(mutator.dangerousCall())],
    ['a dangerous function in column notation', (mutator: Mutator) => mutator.statement(mutator.dangerousColumn())],
    ['a secret table', (mutator: Mutator) => mutator.statement(mutator.secretTable())],
    ['a write', (mutator: Mutator) => mutator.statement(mutator.write())],
  ])('are denied with %s anywhere in them', async (_what, make) => {
    await checkAll(make, (text, failure) => {
      expect(failure, text).toMatchObject({ name: 'GatewayError', code: 'denied' });
    });
  });

  test('pass with a harmless expression in the same places', async () => {
    await checkAll(
      (mutator) => mutator.statement(mutator.harmless()),
      (text, failure) => expect(failure, text).toBeUndefined(),
    );
  });
});
