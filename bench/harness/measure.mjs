import { LoadProcess } from './load-process.mjs';
import { spread } from './stats.mjs';

/** Rounds that a warm-up is long: the compilers of the JavaScript engine are at rest after that. */
const warmUpRounds = 4;

/**
 * Measures contenders in turn: a warm-up of each, then round after round A, B, C, A, B, C …, so that whatever disturbs the
 * machine disturbs all; many short rounds, so that what is compared was measured close together. A contender is `{ name, baseline?, start() -> server, job }`; `baseline` names the contender whose
 * cost in the same round it is divided by. One that fails is reported with its reason and left out of later rounds.
 */
export async function measure(contenders, { rounds, milliseconds, connections, log }) {
  const load = new LoadProcess();
  const entries = [];
  try {
    for (const contender of contenders) entries.push(await open(contender, load, { milliseconds, connections, log }));
    for (let round = 1; round <= rounds; round++) {
      log(`round ${round} of ${rounds}`);
      for (const entry of entries) {
        if (entry.failed) continue;
        await attempt(
          entry,
          async () => entry.rounds.push(await oneRound(entry, load, milliseconds, connections)),
          log,
        );
      }
    }
  } finally {
    load.stop();
    await Promise.all(entries.map(({ server }) => server?.stop()));
  }
  return entries.map((entry) => summarize(entry, entries));
}

async function open(contender, load, { milliseconds, connections, log }) {
  const entry = { contender, rounds: [], server: undefined, failed: undefined };
  await attempt(
    entry,
    async () => {
      log(`starting ${contender.name}`);
      entry.server = await contender.start();
      await load.run(jobOf(entry, warmUpRounds * milliseconds, connections));
    },
    log,
  );
  return entry;
}

async function attempt(entry, run, log) {
  try {
    await run();
  } catch (error) {
    entry.failed = reasonOf(error);
    log(`${entry.contender.name}: ${error.message}`);
    await entry.server?.stop();
  }
}

/** The first line, without any path of this machine. */
function reasonOf(error) {
  const [line] = String(error.message).split('\n');
  return line.replace(/(?:\/[\w.@-]+){2,}\/?/g, (path) => path.split('/').filter(Boolean).at(-1)).slice(0, 300);
}

function jobOf({ contender, server }, milliseconds, connections) {
  return { kind: 'requests', connections, milliseconds, ...contender.job, port: server.port };
}

/** CPU of the server alone, from the moment all connections are open. */
async function oneRound(entry, load, milliseconds, connections) {
  await load.prepare(jobOf(entry, entry.contender.milliseconds ?? milliseconds, connections));
  const before = await entry.server.usage();
  const { requests, seconds, p50, p95, p99 } = await load.go();
  const after = await entry.server.usage();
  return {
    cpu: (after.cpuMicroseconds - before.cpuMicroseconds) / requests,
    perSecond: requests / seconds,
    p50,
    p95,
    p99,
    rss: after.rss,
  };
}

function summarize({ contender, rounds, failed }, entries) {
  const { name, note, baseline } = contender;
  if (failed || rounds.length === 0) return { name, note, failed: failed ?? 'no round' };
  const of = (key) => spread(rounds.map((round) => round[key]));
  const base = entries.find((entry) => entry.contender.name === baseline && !entry.failed);
  const ratios = (key) =>
    base ? spread(rounds.map((round, index) => round[key] / base.rounds[index][key])) : undefined;
  return {
    name,
    note,
    baseline: base ? baseline : undefined,
    cpuMicroseconds: of('cpu'),
    cpuRatio: ratios('cpu'),
    perSecond: of('perSecond'),
    perSecondRatio: ratios('perSecond'),
    p50: of('p50').median,
    p95: of('p95').median,
    p99: of('p99').median,
    rssBytes: of('rss').median,
    perRound: rounds,
  };
}
