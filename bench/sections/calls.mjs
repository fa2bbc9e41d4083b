import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atMost, compare, costTable } from '../harness/cost-table.mjs';
import { measure } from '../harness/measure.mjs';
import { NodeServer } from '../harness/node-server.mjs';
import { ownServer } from '../harness/places.mjs';
import { key } from '../harness/requests.mjs';
import { needsContenders, officialSdks } from './official-sdks.mjs';

const bare = 'bare node:http';
const at = (tools) => `, ${tools} tools`;

/** A gateway with a plugin of so many tools, and one way to call them; `config` is laid over the usual one. */
export function gateway(name, tools, workload, options, config = {}) {
  return {
    name,
    baseline: bare,
    start: () => NodeServer.start({ script: ownServer('gateway'), options: { tools, config } }),
    job: { workload, options: { tools, ...options } },
  };
}

export function bareServer(path = '/rpc', workload = 'callTools') {
  return {
    name: bare,
    start: () => NodeServer.start({ script: ownServer('bare') }),
    job: { workload, options: { path, tools: 10 } },
  };
}

function hono(name, options) {
  return {
    name,
    baseline: bare,
    start: () => NodeServer.start({ script: ownServer('hono'), options: { tools: 60, ...options } }),
    job: { workload: 'callTools', options: { path: '/rpc', tools: 60 } },
  };
}

/** What can be switched off is off: shows what it costs. */
const everythingOff = { auth: { keys: [] }, limits: { rate: null }, audit: { enabled: false } };

const gateways = [
  gateway(`gateway /rpc${at(10)}`, 10, 'callTools', { path: '/fixture/rpc' }),
  gateway(`gateway /rpc${at(60)}`, 60, 'callTools', { path: '/fixture/rpc' }),
  gateway(`gateway /mcp 2025-11-25${at(10)}`, 10, 'callTools', { path: '/fixture/mcp' }),
  gateway(`gateway /mcp 2025-11-25${at(60)}`, 60, 'callTools', { path: '/fixture/mcp' }),
  gateway(`gateway /mcp 2026-07-28${at(10)}`, 10, 'callModern', { path: '/fixture/mcp' }),
  gateway(`gateway /mcp 2026-07-28${at(60)}`, 60, 'callModern', { path: '/fixture/mcp' }),
  gateway(`gateway aggregate /mcp 2025-11-25${at(60)}`, 60, 'callTools', { path: '/mcp', prefix: 'fixture__' }),
  gateway(`gateway REST${at(60)}`, 60, 'callRest', { path: '/fixture/tools' }),
  gateway(`gateway /rpc${at(60)}, no key, limit or audit`, 60, 'callTools', { path: '/fixture/rpc' }, everythingOff),
];

/** The list of all built-in plugins' tools, and a bare server that was given the same bytes. */
async function lists(settings) {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-bench-list-'));
  try {
    const config = { plugins: { postgres: { databases: { main: 'postgres://nobody@127.0.0.1:9/none' } } } };
    const startGateway = () => NodeServer.start({ script: ownServer('gateway'), options: { builtIn: true, config } });
    const first = await startGateway();
    const { result } = await toolsList(first.port);
    await first.stop();
    const listingFile = join(folder, 'list.json');
    writeFileSync(listingFile, JSON.stringify(result));
    const job = (path) => ({
      workload: 'fixedRequest',
      options: { path, method: 'tools/list', params: {}, mustHold: '"name":"postgres__execute_sql"' },
    });
    const rows = await measure(
      [
        {
          name: 'bare node:http, same bytes',
          start: () => NodeServer.start({ script: ownServer('bare'), options: { listingFile } }),
          job: job('/rpc'),
        },
        {
          name: 'gateway /rpc tools/list',
          baseline: 'bare node:http, same bytes',
          start: startGateway,
          job: job('/rpc'),
        },
        {
          name: 'gateway /mcp tools/list',
          baseline: 'bare node:http, same bytes',
          start: startGateway,
          job: job('/mcp'),
        },
      ],
      settings,
    );
    return { rows, tools: result.tools.length, bytes: JSON.stringify(result).length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function toolsList(port) {
  const response = await fetch(`http://127.0.0.1:${port}/rpc`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
  return response.json();
}

export const section = {
  title: 'The cost of a call',
  intro:
    '`tools/call` of a trivial tool with one argument, answered with text and structured content. CPU is the time that the server process used (all its threads) for one request.',
  async run(settings) {
    const contenders = [
      bareServer(),
      hono('Hono', {}),
      hono('Hono, valibot schemas, a table of tools', { schemas: true }),
      ...gateways,
      ...(await needsContenders(officialSdks(bare), settings.log)),
    ];
    const calls = await measure(contenders, settings);
    const list = await lists(settings);
    const inMcp = (version) => `gateway /mcp ${version}${at(60)}`;
    const versusSdk = (gatewayRow, other) =>
      atMost(`${gatewayRow} against ${other}`, 1 / 15, compare(calls, gatewayRow, other));
    return {
      calls,
      list,
      tables: [
        costTable('tools/call', calls),
        costTable('tools/list', list.rows, `${list.tools} tools of the built-in plugins, ${list.bytes} bytes.`),
      ],
      targets: [
        ...[`gateway /rpc${at(60)}`, inMcp('2025-11-25'), inMcp('2026-07-28')].map((name) =>
          atMost(`${name} against bare node:http`, 1.6, compare(calls, name, bare)),
        ),
        versusSdk(inMcp('2026-07-28'), `SDK 2 createMcpHandler 2026-07-28${at(60)}`),
        versusSdk(inMcp('2025-11-25'), `SDK 1 Server per request${at(60)}`),
        versusSdk(inMcp('2025-11-25'), `SDK 1 McpServer per request${at(60)}`),
        ...['/rpc', '/mcp'].map((path) =>
          atMost(
            `gateway ${path} tools/list against bare node:http with the same bytes`,
            1.6,
            compare(list.rows, `gateway ${path} tools/list`, 'bare node:http, same bytes'),
          ),
        ),
      ],
    };
  },
};
