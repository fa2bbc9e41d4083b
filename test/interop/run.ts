import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newNode, npmClients, pythonBin, Unavailable } from './cache.ts';
import { drive } from './drive.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway.ts';
import type { FaceJob, Job, KeyStyle } from './job.ts';
import { type Run, runs, titleOf } from './plan.ts';
import { differences, type Served, servedBy } from './served.ts';

// With words after `npm run interop --`, only the runs whose title holds one of them.
const words = process.argv.slice(2);
const chosen = runs.filter((run) => words.length === 0 || words.some((word) => titleOf(run).includes(word)));
const folder = mkdtempSync(join(tmpdir(), 'mcp-interop-'));
const key = randomBytes(16).toString('hex');
const counts = { passed: 0, failed: 0, skipped: 0 };
const made = new Map<string, string | Unavailable>();

interface Target {
  readonly gateway: GatewayProcess;
  readonly faces: readonly FaceJob[];
  readonly served: Served;
}

const gateways: GatewayProcess[] = [];
try {
  const guarded = await target('guarded', key);
  const open = await target('open', undefined);
  for (const run of chosen) await tryRun(run, run.keyStyle === 'none' ? open : guarded);
} finally {
  for (const gateway of gateways) await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
}
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;

async function target(name: string, secret: string | undefined): Promise<Target> {
  const home = join(folder, name);
  mkdirSync(home);
  const gateway = await startGatewayProcess(home, secret);
  gateways.push(gateway);
  const faces = facesOf(gateway.url);
  const served = await servedBy(faces, secret === undefined ? {} : { 'x-api-key': secret });
  return { gateway, faces, served };
}

/** A plugin of somebody else, the built-in one with a database, and all together; what each is asked, well and badly. */
function facesOf(url: string): FaceJob[] {
  const echo = { tool: 'echo', arguments: { text: `déjà vu 🙂 ${randomBytes(8).toString('hex')}` } };
  const fail = { tool: 'fail', arguments: { how: 'clearly' } };
  const select = {
    tool: 'execute_sql',
    arguments: { sql: 'select $1::text as said, 42 as answer', params: ['naïve'], max_rows: 5 },
  };
  const drop = { tool: 'execute_sql', arguments: { sql: 'drop table customers' } };
  return [
    { name: 'fixture', url: `${url}/fixture`, calls: [echo, fail] },
    { name: 'postgres', url: `${url}/postgres`, calls: [select, drop] },
    {
      name: 'gateway',
      url,
      calls: [
        { ...echo, tool: 'fixture__echo' },
        { ...select, tool: 'postgres__execute_sql' },
      ],
    },
  ];
}

async function tryRun(run: Run, { gateway, faces, served }: Target): Promise<void> {
  const title = titleOf(run);
  const began = Date.now();
  try {
    const report = await drive(...(await prepare(run, gateway, faces)));
    const found = differences(report, served);
    const revision = report.revision === undefined ? '' : `, revision ${report.revision}`;
    if (found.length === 0) counts.passed++;
    else counts.failed++;
    const verdict = found.length === 0 ? 'ok     ' : 'NOT OK ';
    console.log(`${verdict} ${title}: ${report.client}${revision}, ${((Date.now() - began) / 1000).toFixed(1)} s`);
    for (const difference of found) console.log(`        ${difference}`);
  } catch (error) {
    if (error instanceof Unavailable) {
      counts.skipped++;
      console.log(`SKIP    ${title}: NOT RUN, because ${error.message}`);
      return;
    }
    counts.failed++;
    console.log(`NOT OK  ${title}: ${error instanceof Error ? error.message : error}`);
    console.log(gateway.log().trim().split('\n').slice(-5).join('\n'));
  }
}

async function prepare(
  { driver, transport, mode, keyStyle, python }: Run,
  gateway: GatewayProcess,
  faces: readonly FaceJob[],
): Promise<Parameters<typeof drive>> {
  const drivers = madeOnce('npm', npmClients);
  const node = madeOnce('node', newNode);
  const bin = python === undefined ? undefined : madeOnce(python, () => pythonBin(python));
  const home = mkdtempSync(join(folder, 'client-'));
  const transports = ['--transport', transport];
  const isLiteLlm = driver.startsWith('litellm');
  const job: Job = {
    transport,
    ...(mode === undefined ? {} : { mode }),
    keyStyle,
    key: keyStyle === 'none' ? '' : key,
    headers: headersOf(keyStyle),
    faces,
    node,
    ...(bin === undefined ? {} : { pythonBin: bin }),
    folder: home,
    liteLlm: {
      plugins: isLiteLlm ? gateway.liteLlm(transports) : '',
      aggregate: isLiteLlm ? gateway.liteLlm([...transports, '--aggregate']) : '',
    },
  };
  const isPython = driver.endsWith('.py');
  return [isPython && bin !== undefined ? join(bin, 'python') : node, join(drivers, driver), job];
}

/** Makes a part of the cache, or says again why it cannot be made. */
function madeOnce(name: string, make: () => string): string {
  if (!made.has(name)) made.set(name, orUnavailable(make));
  const result = made.get(name);
  if (typeof result === 'string') return result;
  throw result;
}

function orUnavailable(make: () => string): string | Unavailable {
  try {
    return make();
  } catch (error) {
    if (error instanceof Unavailable) return error;
    throw error;
  }
}

function headersOf(keyStyle: KeyStyle): Record<string, string> {
  if (keyStyle === 'none') return {};
  return keyStyle === 'bearer' ? { Authorization: `Bearer ${key}` } : { 'X-API-Key': key };
}
