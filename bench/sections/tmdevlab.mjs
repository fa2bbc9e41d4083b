import { freePort } from '../harness/command-line-gateway.mjs';
import { compare, costTable, ratioText } from '../harness/cost-table.mjs';
import { installPackages } from '../harness/install.mjs';
import { measure } from '../harness/measure.mjs';
import { NodeServer } from '../harness/node-server.mjs';
import { contender } from '../harness/places.mjs';
import { startRedis } from '../harness/redis.mjs';

const users = 50;
const published = 'SDK 1 and express, a server for each request (as published)';
const ours = 'gateway, the same tools and answers';

async function rowsOf(settings, redis) {
  const api = await NodeServer.start({ script: contender('tmdevlab/api-service') });
  try {
    const seed = await NodeServer.start({ script: contender('tmdevlab/seed'), options: { redisPort: redis.port } });
    await seed.stop();
    const shop = { apiUrl: `http://127.0.0.1:${api.port}`, redisPort: redis.port };
    const entry = (name, script, options, path, more = {}) => ({
      name,
      baseline: name === published ? undefined : published,
      start: async () =>
        NodeServer.start({ script: contender(`tmdevlab/${script}`), options: { ...shop, ...options }, ...more }),
      milliseconds: settings.quick ? 1000 : 3000,
      job: { kind: 'shop', connections: users, options: { path } },
    });
    const port = await freePort();
    const contenders = [
      entry(published, 'sdk', {}, '/mcp'),
      entry(`${published}, a cluster of four`, 'sdk', { workers: 4, port }, '/mcp', { isTree: true }),
      entry(ours, 'gateway', {}, '/shop/mcp'),
      entry('gateway, with output schemas and structured content', 'gateway', { structured: true }, '/shop/mcp'),
      entry('gateway, upstream asked with node:http instead of fetch', 'gateway', { client: 'node:http' }, '/shop/mcp'),
    ];
    return await measure(contenders, { ...settings, rounds: Math.min(settings.rounds, 5) });
  } finally {
    await api.stop();
  }
}

export const section = {
  title: 'The workload of TM Dev Lab, second version',
  intro: `Three tools that ask an HTTP API and Redis, ${users} users who open a session of revision 2024-11-05 for each call and for tools/list and pause 50 ms, as in the [published benchmark](https://www.tmdevlab.com/mcp-server-performance-benchmark-v2.html). Its Node row (423 requests a second, p99 235 ms, 395 MB, a cluster of four on 2 vCPU) was SDK 1.26 and express 4; here the server is made anew on the versions below and run beside the gateway. Requests that count are initialize, tools/call and tools/list; latency is of tools/call. Load, API and Redis share the machine with the server.`,
  async run(settings) {
    installPackages(settings.log);
    const redis = await startRedis();
    try {
      const rows = await rowsOf(settings, redis);
      const versus = (key) => compare(rows, ours, published, key);
      const figure = (what, key) => ({
        what,
        target: 'published beside it',
        measured: versus(key) ? ratioText(versus(key)) : 'not run',
      });
      return {
        rows,
        redis: redis.name,
        tables: [costTable(`${users} users`, rows, `The cache is ${redis.name}.`)],
        targets: [
          figure(`requests a second of ${ours}, times ${published}`, 'perSecond'),
          figure(`CPU of the same`, 'cpu'),
        ],
      };
    } finally {
      redis.stop();
    }
  },
};
