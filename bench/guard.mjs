// The short form for continuous integration: fails where a call costs more than `limit` times the bare server's.
//   npm run bench:guard
import { compare, ratioText } from './harness/cost-table.mjs';
import { measure } from './harness/measure.mjs';
import { bareServer, gateway } from './sections/calls.mjs';

const limit = 2.2;
const settings = { rounds: 15, milliseconds: 200, connections: 16, log: () => undefined };
const bare = bareServer();
const gateways = [
  gateway('/rpc', 60, 'callTools', { path: '/fixture/rpc' }),
  gateway('/mcp 2025-11-25', 60, 'callTools', { path: '/fixture/mcp' }),
  gateway('/mcp 2026-07-28', 60, 'callModern', { path: '/fixture/mcp' }),
];

// A neighbour of the machine can spoil one run, hardly two.
let verdicts = await judge();
if (verdicts.some(({ passed }) => !passed)) {
  console.log('Once more, in case something else was busy.');
  verdicts = await judge();
}
const passed = verdicts.filter((verdict) => verdict.passed).length;
console.log(`${passed} passed, ${verdicts.length - passed} failed`);
if (passed < verdicts.length) process.exitCode = 1;

async function judge() {
  const rows = await measure([bare, ...gateways], settings);
  return gateways.map(({ name }) => {
    const ratio = compare(rows, name, bare.name);
    const passed = ratio !== undefined && ratio.median <= limit;
    const measured = ratio ? `${ratioText(ratio)} times` : rows.find((row) => row.name === name).failed;
    console.log(`${passed ? 'pass' : 'FAIL'} ${name}: ${measured} the CPU time of bare node:http, at most ${limit}`);
    return { passed };
  });
}
