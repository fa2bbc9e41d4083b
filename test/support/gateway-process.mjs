// A gateway with the fixture plugin in a process of its own, for tests that look at its memory, sockets and exit. Run with
// --expose-gc; prints its URL, then answers each line `state` on standard input with one line of JSON.
import { createInterface } from 'node:readline';
import { definePlugin, defineTool, startGateway } from 'mcp-sse-gateway';
import * as v from 'valibot';

const hints = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const aborted = { count: 0 };
const text = defineTool({
  name: 'text',
  title: 'Text',
  description: 'Returns that many characters.',
  input: v.strictObject({ length: v.number() }),
  output: v.object({ text: v.string() }),
  annotations: hints,
  handler: (_context, { length }) => ({ text: 'x'.repeat(length) }),
});
const flood = defineTool({
  name: 'flood',
  title: 'Flood',
  description: 'Reports progress that many times.',
  input: v.strictObject({ times: v.number() }),
  output: v.object({ times: v.number() }),
  annotations: hints,
  async handler({ progress }, { times }) {
    for (let n = 1; n <= times; n++) {
      progress(n, times);
      if (n % 10_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return { times };
  },
});
const wait = defineTool({
  name: 'wait',
  title: 'Wait',
  description: 'Waits until the time is over or the call is called off.',
  input: v.strictObject({ ms: v.number() }),
  output: v.object({ waited: v.number() }),
  annotations: hints,
  handler: ({ signal }, { ms }) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve({ waited: ms }), ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        aborted.count++;
        reject(signal.reason);
      });
    }),
});

const plugin = definePlugin({
  name: 'fixture',
  title: 'Fixture',
  description: 'Tools for tests.',
  config: v.strictObject({}),
  tools: [text, flood, wait],
  start: () => ({}),
});
const config = JSON.parse(process.argv[2] ?? '{}');
const gateway = await startGateway({ config: { ...config, server: { port: 0, ...config.server } }, plugins: [plugin] });
process.once('SIGTERM', async () => {
  await gateway.stop();
  process.exit(0);
});
console.log(gateway.listeners[0].url);

createInterface({ input: process.stdin }).on('line', () => {
  globalThis.gc?.();
  const resources = process.getActiveResourcesInfo();
  console.log(
    JSON.stringify({
      heap: process.memoryUsage().heapUsed,
      rss: process.memoryUsage().rss,
      sockets: resources.filter((name) => name === 'TCPSocketWrap').length,
      timers: resources.filter((name) => name === 'Timeout').length,
      aborted: aborted.count,
    }),
  );
});
