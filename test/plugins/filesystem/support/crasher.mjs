// Makes tool calls and kills its own process right before the file system is changed for the n-th time: `node crasher.mjs
// <plugin> <n> <dataFolder> <config> <calls> [start]`, config and calls in JSON; `start` counts from the start of the plugin on.
// Ends with 0 where all calls were made before that.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [support, n, dataFolder, given, calls, from] = process.argv.slice(2);
let left = Number.POSITIVE_INFINITY;
const changing = [
  'renameSync',
  'linkSync',
  'unlinkSync',
  'mkdirSync',
  'rmdirSync',
  'rmSync',
  'symlinkSync',
  'writeFileSync',
];
for (const name of [...changing, 'openSync']) {
  const real = fs[name];
  fs[name] = (...args) => {
    if ((name !== 'openSync' || args[1] & fs.constants.O_CREAT) && --left === 0) process.kill(process.pid, 'SIGKILL');
    return real(...args);
  };
}
syncBuiltinESMExports();

const { anonymous, Call, callTool, Face, filesystemPlugin, RunningPlugin } = await import(support);
const nothing = () => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };
const host = { log, dataFolder, privateFiles: [], resourceUpdated: nothing, listChanged: nothing };
const config = filesystemPlugin.parseConfig(JSON.parse(given));
if (from === 'start') left = Number(n);
const running = new RunningPlugin(filesystemPlugin, config, host);
await running.settled;
const face = Face.of(running);
if (from !== 'start') left = Number(n);
let last;
for (const [tool, args] of JSON.parse(calls)) {
  const input = tool === 'undo_change' ? { change_id: last } : args;
  const limits = { callTimeoutMs: 60_000, resultBytes: 1e6, record: nothing };
  const { data } = await callTool(face, tool, input, new Call(anonymous, 'crasher'), limits);
  last = data.change_id;
}
process.exit(0);
