import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exception } from './exceptions.ts';

/** One check of a scenario, as the suite writes it. */
export interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string;
}

export interface Verdict {
  readonly revision: string;
  readonly scenario: string;
  /** None where the scenario passed. */
  readonly problems: readonly string[];
}

/**
 * Judges one scenario's checks. Every check must succeed: a warning is a requirement that is not met, and a scenario that
 * only skipped or informed has shown nothing. What is excepted must not succeed.
 */
export function judge(
  revision: string,
  scenario: string,
  checks: readonly Check[],
  exceptions: readonly Exception[],
): Verdict {
  const listed = exceptions.filter((exception) => exception.revision === revision && exception.scenario === scenario);
  const isListed = ({ id }: Check) => listed.some(({ check }) => check === undefined || check === id);
  const bad = checks.filter(({ status }) => status !== 'SUCCESS' && status !== 'INFO');
  const problems = bad
    .filter((check) => !isListed(check))
    .map(({ id, status, errorMessage }) => `${id}: ${status}${errorMessage ? `: ${errorMessage}` : ''}`);
  const stale = listed.filter(({ check }) => !bad.some(({ id }) => check === undefined || check === id));
  problems.push(...stale.map(({ check }) => `${check ?? 'the scenario'} passes now: take it off the exceptions`));
  if (listed.length === 0 && !checks.some(({ status }) => status === 'SUCCESS')) problems.push('nothing was checked');
  return { revision, scenario, problems };
}

/** The checks of each scenario that a run of the suite wrote into a folder. */
export function readChecks(folder: string): ReadonlyMap<string, readonly Check[]> {
  return new Map(
    readdirSync(folder).map((name) => {
      const [, scenario = name] = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(name) ?? [];
      return [scenario, JSON.parse(readFileSync(join(folder, name, 'checks.json'), 'utf8'))];
    }),
  );
}
