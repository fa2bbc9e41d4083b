import { LoadProcess } from '../harness/load-process.mjs';
import { NodeServer } from '../harness/node-server.mjs';
import { ownServer } from '../harness/places.mjs';
import { spread } from '../harness/stats.mjs';

const tools = 10;
const settleMs = 1500;
/** Descriptors that a process needs beside the streams. */
const spareFiles = 500;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const servers = {
  'bare node:http': { script: ownServer('bare-sse'), path: '/sse' },
  gateway: { script: ownServer('gateway'), path: '/fixture/sse', calls: '/fixture/rpc' },
};

/** Node raises the soft limit of open files to the hard one; no shell can go above that. */
function streamsPossible(wanted) {
  const hard = Number(process.report.getReport().userLimits.open_files.hard);
  return Number.isNaN(hard) ? wanted : Math.min(wanted, hard - spareFiles);
}

/** What idle streams cost a server, and (where it takes calls) what they do to the latency of calls beside them. */
async function idleStreams({ script, path, calls }, count, { milliseconds, log }) {
  const server = await NodeServer.start({ script, options: { tools }, gc: true });
  const idle = new LoadProcess();
  const caller = new LoadProcess();
  // Few connections that pause between calls: latency at moderate load, not at the server's limit.
  const job = {
    kind: 'requests',
    connections: 4,
    milliseconds: 3 * milliseconds,
    pauseMs: 1,
    port: server.port,
    workload: 'callTools',
  };
  const p99 = async (into) => {
    if (!calls) return;
    for (let round = 0; round < 3; round++) {
      into.push((await caller.run({ ...job, options: { path: calls, tools } })).p99);
    }
  };
  const [without, beside] = [[], []];
  try {
    await idle.run({ kind: 'sessions', connections: 16, count: 500, port: server.port, options: { path, tools } });
    if (calls) await caller.run({ ...job, options: { path: calls, tools } });
    await p99(without);
    const before = await server.usage({ collect: true });
    log(`opening ${count} streams`);
    await idle.run({ kind: 'idle', count, port: server.port, options: { path } });
    await pause(settleMs);
    const open = await server.usage({ collect: true });
    await p99(beside);
    await idle.run({ kind: 'closeIdle' });
    await pause(settleMs);
    await p99(without);
    const closed = await server.usage({ collect: true });
    const each = (key) => (open[key] - before[key]) / count / 1024;
    return {
      streams: count,
      rssKiB: each('rss'),
      heapKiB: each('heapUsed'),
      heapLeftMiB: (closed.heapUsed - before.heapUsed) / 2 ** 20,
      p99: calls ? { without: spread(without), beside: spread(beside) } : undefined,
    };
  } finally {
    idle.stop();
    caller.stop();
    await server.stop();
  }
}

/** What a server holds after many sessions that were opened, used and closed. */
async function churn({ script, path }, count, warmUp, { log }) {
  const server = await NodeServer.start({ script, options: { tools }, gc: true });
  const load = new LoadProcess();
  const job = { kind: 'sessions', connections: 16, port: server.port, options: { path, tools } };
  try {
    await load.run({ ...job, count: warmUp });
    await pause(settleMs);
    const start = await server.usage({ collect: true });
    log(`${count} sessions`);
    await load.run({ ...job, count });
    await pause(settleMs);
    const end = await server.usage({ collect: true });
    return { sessions: count, start: held(start), end: held(end), growth: end.heapUsed / start.heapUsed - 1 };
  } finally {
    load.stop();
    await server.stop();
  }
}

function held({ heapUsed, rss, resources }) {
  const count = (test) => resources.filter((kind) => test.test(kind)).length;
  return {
    heapUsed,
    rss,
    timers: count(/Timeout|Immediate/),
    sockets: count(/TCPSocket|TCPWRAP/i),
    handles: resources.length,
  };
}

const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);

export const section = {
  title: 'Memory',
  intro:
    'Idle event streams, and what is left after sessions were opened, used and closed. Memory is read after garbage collections; streams come from several loopback addresses, so that ephemeral ports do not end.',
  async run(settings) {
    const count = streamsPossible(settings.quick ? 1000 : 10_000);
    const sessions = settings.quick ? 2000 : 100_000;
    const idle = {};
    for (const [name, server] of Object.entries(servers)) idle[name] = await idleStreams(server, count, settings);
    const gatewayChurn = await churn(servers.gateway, sessions, settings.quick ? 1000 : 5000, settings);
    const { p99, rssKiB } = idle.gateway;
    const { start, end, growth } = gatewayChurn;
    const left = Object.keys(start).filter(
      (key) => ['timers', 'sockets', 'handles'].includes(key) && end[key] > start[key],
    );
    return {
      idle,
      churn: gatewayChurn,
      tables: [
        {
          title: `${count} idle SSE streams`,
          head: [
            'server',
            'RSS KiB each',
            'heap KiB each',
            'heap left after closing, MiB',
            'p99 ms without',
            'p99 ms beside',
          ],
          rows: Object.entries(idle).map(([name, row]) => [
            name,
            row.rssKiB.toFixed(1),
            row.heapKiB.toFixed(1),
            row.heapLeftMiB.toFixed(2),
            row.p99 ? row.p99.without.median.toFixed(2) : '',
            row.p99 ? row.p99.beside.median.toFixed(2) : '',
          ]),
        },
        {
          title: `${sessions} sessions opened, used and closed`,
          note: 'Start is after a warm-up of further sessions, when the compilers are at rest.',
          head: ['gateway', 'heap MiB', 'RSS MiB', 'timers', 'sockets', 'handles'],
          rows: Object.entries({ start, end }).map(([when, row]) => [
            when,
            mib(row.heapUsed),
            mib(row.rss),
            row.timers,
            row.sockets,
            row.handles,
          ]),
        },
      ],
      targets: [
        {
          what: `idle SSE stream, resident memory, at ${count}`,
          target: 'at most 20 KiB',
          measured: `${rssKiB.toFixed(1)} KiB`,
          met: rssKiB <= 20,
        },
        {
          what: 'p99 of calls beside the streams',
          target: 'unchanged (at most the worst round without them, plus 10 %)',
          measured: `${p99.beside.median.toFixed(2)} ms, without ${p99.without.median.toFixed(2)} (${p99.without.least.toFixed(2)} to ${p99.without.greatest.toFixed(2)}) ms`,
          met: p99.beside.median <= 1.1 * p99.without.greatest,
        },
        {
          what: `heap after ${sessions} sessions`,
          target: 'within 5 %',
          measured: `${(100 * growth).toFixed(1)} %`,
          met: growth <= 0.05,
        },
        {
          what: `left after ${sessions} sessions`,
          target: 'no timer, socket or handle more',
          measured: left.length === 0 ? 'none' : left.join(', '),
          met: left.length === 0,
        },
      ],
    };
  },
};
