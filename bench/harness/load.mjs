// The load's own process. Told over IPC: `prepare` with a job, then `go`; answers `prepared`, then `done` or `failed`.
import { HttpConnection } from './http-connection.mjs';
import { IdleStreams } from './idle-streams.mjs';
import { prepareShop } from './shop-load.mjs';
import { runSession } from './sse-session.mjs';
import { percentiles } from './stats.mjs';
import { firstId, workloads } from './workloads.mjs';

let lastId = firstId;

/** Each of `connections` sends its next request when the one before is answered, until the time or the count is over. */
async function loop(connections, { milliseconds, count, pauseMs }, one) {
  const latencies = [];
  const started = performance.now();
  const end = milliseconds === undefined ? Number.POSITIVE_INFINITY : started + milliseconds;
  let left = count ?? Number.POSITIVE_INFINITY;
  await Promise.all(
    connections.map(async (connection) => {
      for (let before = performance.now(); before < end && left-- > 0; before = performance.now()) {
        await one(connection);
        latencies.push(performance.now() - before);
        if (pauseMs) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  return { requests: latencies.length, seconds, ...percentiles(latencies) };
}

async function prepareRequests(job) {
  const workload = workloads[job.workload](job.options);
  const connections = [];
  for (let n = 0; n < job.connections; n++) {
    const connection = await HttpConnection.open(job.port);
    connections.push({ connection, state: await workload.prepare?.(connection) });
  }
  return async () => {
    const result = await loop(connections, job, async ({ connection, state }) => {
      const id = ++lastId;
      workload.check(await connection.request(workload.request(id, state)), id, state);
    });
    for (const { connection } of connections) connection.close();
    return result;
  };
}

function prepareSessions(job) {
  const workers = Array.from({ length: job.connections }, (_, n) => n);
  return () => loop(workers, job, () => runSession({ port: job.port, ...job.options }, ++lastId));
}

const idle = new IdleStreams();

const kinds = {
  requests: prepareRequests,
  sessions: prepareSessions,
  shop: prepareShop,
  idle: (job) => () => idle.open(job),
  closeIdle: () => () => idle.close(),
};

let run;

process.on('disconnect', () => process.exit());
process.on('message', async (message) => {
  try {
    if (message.prepare) {
      run = await kinds[message.prepare.kind](message.prepare);
      process.send({ prepared: true });
    } else {
      process.send({ done: (await run()) ?? {} });
    }
  } catch (error) {
    process.send({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
