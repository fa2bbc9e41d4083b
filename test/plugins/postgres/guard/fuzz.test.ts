import { describe, expect, test } from 'vitest';
import { listPostgresVersions } from '../../../support/postgres.ts';
import { check } from './fake-catalog.ts';
import { Mutator } from './mutator.ts';
import { seed } from './seed.ts';
import { seededServer } from './seeded-server.ts';

/** The same statements in every run, so that a failure belongs to a change; another `FUZZ_SEED` looks further. */
const firstSeed = Number(process.env.FUZZ_SEED ?? 1);
/** Statements of each kind. */
const rounds = Number(process.env.FUZZ_ROUNDS ?? 1000);

const version = listPostgresVersions().at(-1);
if (version === undefined) throw new Error('There is no PostgreSQL to ask for its functions.');

describe('statements made at random', () => {
  const server = seededServer(version, seed);

  async function checkAll(make: (mutator: Mutator) => string, judge: (text: string, failure: unknown) => void) {
    for (let mutation = firstSeed; mutation < firstSeed + rounds; mutation++) {
      const text = make(new Mutator(mutation));
      const failure: unknown = await check(text, { functions: server.functions }).then(
        () => undefined,
        (error: unknown) => error,
      );
      judge(`seed ${mutation}: ${text}`, failure);
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
