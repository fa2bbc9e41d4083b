import { atMost, compare, costTable } from '../harness/cost-table.mjs';
import { measure } from '../harness/measure.mjs';
import { NodeServer } from '../harness/node-server.mjs';
import { contender, ownServer } from '../harness/places.mjs';
import { needsContenders } from './official-sdks.mjs';

const bare = 'bare node:http and a switch statement';
const tools = 10;

function sessions(name, script, options, path) {
  return {
    name,
    baseline: name === bare ? undefined : bare,
    start: () => NodeServer.start({ script, options: { tools, ...options } }),
    job: { kind: 'sessions', options: { path, tools } },
  };
}

export const section = {
  title: 'One SSE session for each call',
  intro:
    'What LiteLLM does for every call: GET /sse, POST initialize, initialized and tools/call on a second connection, close both. Figures are for the whole session.',
  async run(settings) {
    const sdk = 'SDK 1 SSE server, a Server for each session';
    const rows = await measure(
      [
        sessions(bare, ownServer('bare-sse'), {}, '/sse'),
        sessions('gateway', ownServer('gateway'), {}, '/fixture/sse'),
        ...(await needsContenders(
          [
            sessions(sdk, contender('sdk-1-sse'), {}, '/sse'),
            sessions(`${sdk}, one JSON Schema validator`, contender('sdk-1-sse'), { shareValidator: true }, '/sse'),
          ],
          settings.log,
        )),
      ],
      settings,
    );
    return {
      rows,
      tables: [costTable('Connect, initialize, initialized, tools/call, close', rows)],
      targets: [
        atMost(`gateway against ${bare}`, 1.4, compare(rows, 'gateway', bare)),
        atMost(`gateway against ${sdk}`, 0.55, compare(rows, 'gateway', sdk)),
      ],
    };
  },
};
