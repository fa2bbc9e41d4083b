import { expect, test } from 'vitest';

const bench = new URL('../../bench/', import.meta.url);

interface Row {
  readonly name: string;
  readonly failed?: string;
  readonly cpuMicroseconds?: { readonly median: number };
  readonly cpuRatio?: { readonly median: number };
}

interface Harness {
  measure(contenders: readonly object[], settings: object): Promise<readonly Row[]>;
  NodeServer: { start(options: object): Promise<object> };
}

const settings = { rounds: 2, milliseconds: 100, connections: 4, log: () => undefined };

async function harness(): Promise<Harness> {
  const [{ measure }, { NodeServer }] = await Promise.all([
    import(new URL('harness/measure.mjs', bench).href),
    import(new URL('harness/node-server.mjs', bench).href),
  ]);
  return { measure, NodeServer };
}

test('the benchmarks divide what a server costs by what the bare one costs in the same round', async () => {
  const { measure, NodeServer } = await harness();
  const contender = (name: string, script: string, more: object = {}) => ({
    name,
    start: () => NodeServer.start({ script: new URL(`servers/${script}.mjs`, bench).pathname, options: { tools: 2 } }),
    job: { workload: 'callTools', options: { path: '/rpc', tools: 2 } },
    ...more,
  });
  const [bare, hono] = await measure(
    [contender('bare', 'bare'), contender('hono', 'hono', { baseline: 'bare' })],
    settings,
  );
  expect(bare?.cpuMicroseconds?.median).toBeGreaterThan(0);
  expect(hono?.cpuRatio?.median).toBeGreaterThan(0);
});

test('a server that answers errors, or never starts, is reported as failed with the reason and not as fast', async () => {
  const { measure, NodeServer } = await harness();
  const script = new URL('servers/hono.mjs', bench).pathname;
  const rows = await measure(
    [
      {
        name: 'refuses',
        start: () => NodeServer.start({ script, options: {} }),
        job: { workload: 'callTools', options: { path: '/nowhere', tools: 2 } },
      },
      {
        name: 'absent',
        start: () => Promise.reject(new Error('npm install failed in /some/where/private')),
        job: { workload: 'callTools', options: { path: '/rpc', tools: 2 } },
      },
    ],
    settings,
  );
  expect(rows).toMatchObject([
    { name: 'refuses', failed: expect.stringContaining('HTTP 404') },
    { name: 'absent', failed: 'npm install failed in private' },
  ]);
});
