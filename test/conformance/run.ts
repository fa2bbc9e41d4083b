// Runs the official conformance suite against the gateway with the fixture plugin, in every revision that it knows.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { exceptions } from './exceptions.ts';
import { cache, toolchain } from './toolchain.ts';
import { judge, readChecks, type Verdict } from './verdicts.ts';

const suiteTimeoutMs = 5 * 60_000;
const { node, program, requirements } = toolchain();

interface Run {
  readonly revision: string;
  /** Arguments of the suite's `server` command, one list for each time it is run. */
  readonly args: readonly (readonly string[])[];
  /** Scenarios that the revision requires, by the suite's frozen list. */
  readonly required: readonly string[];
  /** Scenarios that must be run beyond those. */
  readonly beyond: readonly string[];
}

/** Exactly what the suite's list of a revision names: required ones, pending ones, extensions, and later additions. */
function frozen(revision: string): Run {
  const list: { server: string[]; not_scored: { leg: string; scenario: string }[] } = parse(
    readFileSync(join(requirements, `${revision}.yaml`), 'utf8'),
  );
  const beyond = list.not_scored.filter(({ leg }) => leg === 'server').map(({ scenario }) => scenario);
  return { revision, args: [['--requirements', revision]], required: list.server, beyond };
}

/** Whatever the suite has for a revision without a list. */
function everything(revision: string): Run {
  return { revision, args: [['--suite', 'all', '--spec-version', revision]], required: [], beyond: [] };
}

const skills = ['directory', 'enumeration', 'manifest'].map((part) => `sep-2640-skills-${part}`);
const runs: readonly Run[] = [
  frozen('2025-11-25'),
  frozen('2026-07-28'),
  everything('2025-06-18'),
  everything('2025-03-26'),
  { revision: '2026-07-28', args: skills.map((name) => ['--scenario', name]), required: [], beyond: skills },
];

async function startGateway() {
  const gateway = spawn(process.execPath, [fileURLToPath(new URL('serve.js', import.meta.url))], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = new Promise<number | null>((resolve) => gateway.once('exit', resolve));
  const url = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: gateway.stdout }).once('line', resolve)),
    exited.then((code) => Promise.reject(new Error(`the gateway did not start: exit code ${code}`))),
  ]);
  return {
    url,
    stop: () => {
      gateway.kill('SIGTERM');
      return exited;
    },
  };
}

function runSuite(url: string, args: readonly string[], folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const suite = spawn(node, [program, 'server', '--url', url, ...args, '--output-dir', folder], {
      cwd: cache,
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: suiteTimeoutMs,
    });
    suite.once('error', reject);
    suite.once('exit', () => resolve()); // its own verdict is looser than the one made of what it wrote
  });
}

/** A scenario that left no checks is judged on none, so that it cannot be missed. */
async function verdictsOf(url: string, run: Run, folder: string): Promise<ReadonlyMap<string, Verdict>> {
  rmSync(folder, { recursive: true, force: true });
  for (const args of run.args) await runSuite(url, args, folder);
  const checks = readChecks(folder);
  const names = new Set([...run.required, ...run.beyond, ...checks.keys()]);
  return new Map([...names].map((name) => [name, judge(run.revision, name, checks.get(name) ?? [], exceptions)]));
}

function summary({ revision, required }: Run, verdicts: ReadonlyMap<string, Verdict>): string {
  const count = (names: readonly string[], what: string) => {
    const passed = names.filter((name) => verdicts.get(name)?.problems.length === 0).length;
    return names.length === 0 ? [] : [`${passed} of ${names.length} ${what}`];
  };
  const others = [...verdicts.keys()].filter((name) => !required.includes(name));
  return `${revision}: ${[...count(required, 'required scenarios'), ...count(others, 'others')].join(', ')}`;
}

const gateway = await startGateway();
const verdicts: Verdict[] = [];
try {
  for (const [index, run] of runs.entries()) {
    const found = await verdictsOf(gateway.url, run, join(cache, 'results', String(index)));
    console.log(summary(run, found));
    verdicts.push(...found.values());
  }
} finally {
  const code = await gateway.stop();
  if (code !== 0) verdicts.push({ revision: 'any', scenario: 'stopping', problems: [`exit code ${code}`] });
}

const failed = verdicts.filter(({ problems }) => problems.length > 0);
for (const { revision, scenario, problems } of failed) {
  console.log(`\n✗ ${scenario} (${revision})`);
  for (const problem of problems) console.log(`  ${problem}`);
}
for (const { scenario, check, because } of exceptions) {
  console.log(`\nExcepted: ${scenario}${check ? `, check ${check}` : ''}\n  ${because}`);
}
console.log(`\n${verdicts.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
