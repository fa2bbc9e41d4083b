import { atLeast, compare, costTable, ratioText } from '../harness/cost-table.mjs';
import { measure } from '../harness/measure.mjs';
import { NodeServer } from '../harness/node-server.mjs';
import { ownServer } from '../harness/places.mjs';
import { startDatabase } from '../harness/postgres.mjs';

const driver = 'the postgres driver in a bare server';
const max = 10;

function job(path) {
  const sql = 'select id, name, price from items where id <= 5 order by id';
  return {
    workload: 'fixedRequest',
    options: {
      path,
      method: 'tools/call',
      params: { name: 'execute_sql', arguments: { sql } },
      mustHold: 'item 5',
      varies: true,
    },
  };
}

export const section = {
  title: 'execute_sql beside the driver alone',
  intro: `One small SELECT (five rows of three columns) on a real PostgreSQL over TCP, a pool of ${max} connections in every server. The gateway parses the statement with PostgreSQL's grammar, checks it, and runs it in a read-only transaction that it rolls back.`,
  async run(settings) {
    const database = await startDatabase();
    try {
      const bare = (name, options) => ({
        name,
        baseline: name === driver ? undefined : driver,
        start: () =>
          NodeServer.start({ script: ownServer('bare-postgres'), options: { url: database.url, max, ...options } }),
        job: job('/rpc'),
      });
      const config = {
        plugins: {
          postgres: { databases: { main: database.url }, pool: { max } },
          fetch: { enabled: false },
          filesystem: { enabled: false },
        },
      };
      const gateway = {
        name: 'gateway /rpc execute_sql',
        baseline: driver,
        start: () => NodeServer.start({ script: ownServer('gateway'), options: { builtIn: true, config } }),
        job: job('/postgres/rpc'),
      };
      const transaction = `${driver}, a read-only transaction for each query`;
      const rows = await measure([bare(driver, {}), bare(transaction, { readOnly: true }), gateway], settings);
      return {
        rows,
        database: `PostgreSQL ${database.version}`,
        tables: [costTable(`A small SELECT on PostgreSQL ${database.version}`, rows)],
        targets: [
          atLeast(
            `throughput of ${gateway.name} against ${driver}`,
            0.8,
            compare(rows, gateway.name, driver, 'perSecond'),
          ),
          {
            what: `throughput of ${gateway.name} against the driver with a read-only transaction for each query`,
            target: 'none: shows what the transaction costs, which is there for safety',
            measured: ratioText(compare(rows, gateway.name, transaction, 'perSecond')),
          },
        ],
      };
    } finally {
      await database.stop();
    }
  },
};
