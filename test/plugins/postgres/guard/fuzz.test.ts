import { describe, expect, test } from 'vitest';
import { listPostgresVersions } from '../../../support/postgres.ts';
import { check } from './fake-catalog.ts';
import { Mutator } from './mutator.ts';
import { seed } from './seed.ts';
import { seededServer } from './seeded-server.ts';

/** Statements of each kind, however slow the machine; more while there is time. */
const atLeast = 150;
const budgetMs = 1500;

const version = listPostgresVersions().at(-1);
if (version === undefined) throw new Error('There is no PostgreSQL to ask for its functions.');

describe('statements made at random', () => {
  const server = seededServer(version, seed);

  async function checkAll(make: (mutator: Mutator) => string, judge: (text: string, failure: unknown) => void) {
    const first = Date.now() % 1_000_000;
    const deadline = Date.now() + budgetMs;
    for (let round = 0; round < atLeast || Date.now() < deadline; round++) {
      const text = make(new Mutator(first + round));
      const failure: unknown = await check(text, { functions: server.functions }).then(
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
