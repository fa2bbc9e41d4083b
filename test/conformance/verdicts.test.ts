import { expect, test } from 'vitest';
import { type Check, judge } from './verdicts.ts';

const check = (status: Check['status'], id = 'a'): Check => ({ id, status });
const exception = { revision: 'r', scenario: 's', check: 'a', because: 'a clause' };
const problems = (checks: Check[], listed: (typeof exception)[] = []) => judge('r', 's', checks, listed).problems;

test('a scenario passes when every check that says yes or no says yes', () => {
  expect(problems([check('SUCCESS'), check('INFO')])).toEqual([]);
});

test.each(['FAILURE', 'WARNING', 'SKIPPED'] as const)('a %s that is not listed fails it', (status) => {
  expect(problems([check('SUCCESS'), check(status)])).toHaveLength(1);
  expect(problems([check('SUCCESS'), check(status)], [exception])).toEqual([]);
  expect(problems([check('SUCCESS'), check(status, 'b')], [exception])).toHaveLength(2);
});

test('a listed exception that passes now fails it', () => {
  expect(problems([check('SUCCESS')], [exception])).toEqual(['a passes now: take it off the exceptions']);
});

test('a scenario that checked nothing fails', () => {
  expect(problems([])).toEqual(['nothing was checked']);
  expect(problems([check('INFO')])).toEqual(['nothing was checked']);
});
