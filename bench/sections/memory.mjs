import { atMost, ratioText } from '../harness/cost-table.mjs';
import { LoadProcess } from '../harness/load-process.mjs';
import { NodeServer } from '../harness/node-server.mjs';
import { ownServer } from '../harness/places.mjs';
import { key } from '../harness/requests.mjs';
import { spread } from '../harness/stats.mjs';

const tools = 10;
const settleMs = 1500;
/** Descriptors that a process needs beside the streams. */
const spareFiles = 500;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const servers = {
  'bare node:http': { script: ownServer('bare-sse'), path: '/sse', calls: '/rpc' },
  gateway: { script: ownServer('gateway'), path: '/fixture/sse', calls: '/fixture/rpc' },
};

/** Node raises the soft limit of open files to the hard one; no shell can go above that. */
function streamsPossible(wanted) {
  const hard = Number(process.report.getReport().userLimits.open_files.hard);
  return Number.isNaN(hard) ? wanted : Math.min(wanted, hard - spareFiles);
}

/** What idle streams cost a server, and the latency of calls beside them. */
async function idleStreams({ script, path, calls }, count, settings) {
  const server = await NodeServer.start({ script, options: { tools }, gc: true });
  const idle = new LoadProcess();
  try {
    // Few, for what is made on first use: freed memory that the process still holds would be filled again unseen.
    await idle.run({ kind: 'sessions', connections: 4, count: 50, port: server.port, options: { path, tools } });
    const before = await server.usage({ collect: true });
    settings.log(`opening ${count} streams`);
    await idle.run({ kind: 'idle', count, port: server.port, options: { path } });
    await pause(settleMs);
    const open = await server.usage({ collect: true });
    const p99 = await latencyBeside(server, { script, calls }, settings);
    await idle.run({ kind: 'closeIdle' });
    await pause(settleMs);
    const closed = await server.usage({ collect: true });
    const each = (part) => (open[part] - before[part]) / count / 1024;
    const heapLeftMiB = (closed.heapUsed - before.heapUsed) / 2 ** 20;
    return { streams: count, rssKiB: each('rss'), heapKiB: each('heapUsed'), heapLeftMiB, p99 };
  } finally {
    idle.stop();
    await server.stop();
  }
}

/** p99 of calls on the server with streams and on one without any, in turn: few connections that pause between calls. */
async function latencyBeside(server, { script, calls }, { rounds, milliseconds, log }) {
  const control = await NodeServer.start({ script, options: { tools }, gc: true });
  const caller = new LoadProcess();
  const one = async ({ port }) => {
    const job = { kind: 'requests', connections: 4, milliseconds: 2 * milliseconds, pauseMs: 1, port };
    return (await caller.run({ ...job, workload: 'callTools', options: { path: calls, tools } })).p99;
  };
  try {
    log('latency of calls beside them');
    for (let warmUp = 0; warmUp < 4; warmUp++) for (const each of [control, server]) await one(each);
    const pairs = [];
    for (let round = 0; round < rounds; round++) pairs.push({ without: await one(control), beside: await one(server) });
    return {
      without: spread(pairs.map(({ without }) => without)),
      beside: spread(pairs.map(({ beside }) => beside)),
      ratio: spread(pairs.map(({ without, beside }) => beside / without)),
    };
  } finally {
    caller.stop();
    await control.stop();
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
    return {
      sessions: count,
      start: held(start, 0),
      end: held(end, await sessionsOpen(server)),
      growth: end.heapUsed / start.heapUsed - 1,
    };
  } finally {
    load.stop();
    await server.stop();
  }
}

/** What the gateway itself counts. */
async function sessionsOpen({ port }) {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { Authorization: `Bearer ${key}` } });
  const line = /^mcp_gateway_sessions (\d+)$/m.exec(await response.text());
  return line ? Number(line[1]) : Number.NaN;
}

function held({ heapUsed, rss, resources }, sessions) {
  const count = (test) => resources.filter((kind) => test.test(kind)).length;
  return {
    heapUsed,
    rss,
    timers: count(/Timeout|Immediate/),
    sockets: count(/TCPSocket|TCPWRAP/i),
    handles: resources.length,
    sessions,
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
      (kind) => ['timers', 'sockets', 'handles', 'sessions'].includes(kind) && !(end[kind] <= start[kind]),
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
            'ratio',
          ],
          rows: Object.entries(idle).map(([name, row]) => [
            name,
            row.rssKiB.toFixed(1),
            row.heapKiB.toFixed(1),
            row.heapLeftMiB.toFixed(2),
            row.p99.without.median.toFixed(2),
            row.p99.beside.median.toFixed(2),
            ratioText(row.p99.ratio),
          ]),
        },
        {
          title: `${sessions} sessions opened, used and closed`,
          note: 'Start is after a warm-up of further sessions, when the compilers are at rest.',
          head: ['gateway', 'heap MiB', 'RSS MiB', 'timers', 'sockets', 'handles', 'sessions'],
          rows: Object.entries({ start, end }).map(([when, row]) => [
            when,
            mib(row.heapUsed),
            mib(row.rss),
            row.timers,
            row.sockets,
            row.handles,
            row.sessions,
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
        atMost('p99 of calls beside the streams against calls to a gateway without any', 1.1, p99.ratio),
        {
          what: `heap after ${sessions} sessions`,
          target: 'within 5 %',
          measured: `${(100 * growth).toFixed(1)} %`,
          met: growth <= 0.05,
        },
        {
          what: `left after ${sessions} sessions`,
          target: 'no timer, socket, handle or session more',
          measured: left.length === 0 ? 'none' : left.join(', '),
          met: left.length === 0,
        },
      ],
    };
  },
};
