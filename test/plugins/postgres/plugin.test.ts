import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInPlugins } from 'mcp-sse-gateway';
import { expect, onTestFinished, test } from 'vitest';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { eventually } from './server/support.ts';

async function startPostgresPlugin(block: Record<string, unknown>): Promise<TestGateway> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'mcp-sse-gateway-'));
  const plugins = builtInPlugins.filter(({ name }) => name === 'postgres');
  const started = await startTestGateway({ dataFolder, plugins: { postgres: block } }, plugins);
  onTestFinished(async () => {
    await started.gateway.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });
  return started;
}

async function call({ url }: TestGateway, name: string, args: object) {
  const answer = await jsonOf(await post(`${url}/postgres/rpc`, request('tools/call', { name, arguments: args })));
  return answer.result;
}

test('without any configuration it serves the embedded database, and says so', async () => {
  const gateway = await startPostgresPlugin({});
  await eventually(async () => (await fetch(`${gateway.url}/postgres/health`)).status === 200, 30_000);
  const health = await jsonOf(await fetch(`${gateway.url}/postgres/health`));
  expect(health.checks.main).toMatchObject({
    state: 'up',
    target: 'embedded',
    note: expect.stringContaining('DATABASE_URL='),
  });
  const result = await call(gateway, 'execute_sql', {
    sql: 'select count(*) > 0 as some, array[1, null] as list from books',
  });
  expect(result.structuredContent).toMatchObject({
    columns: [
      { name: 'some', type: 'bool' },
      { name: 'list', type: 'int4[]' },
    ],
    rows: [[true, [1, null]]],
  });
  const failed = await call(gateway, 'execute_sql', { sql: 'select titel from books' });
  expect(failed).toMatchObject({ isError: true });
  expect(failed.content[0].text).toMatch(/SQLSTATE 42703.*\n {9}\^\n.*books\.title/s);
  const tables = await call(gateway, 'list_tables', { detail: 'names' });
  expect(JSON.stringify(tables.structuredContent)).toContain('"books"');
}, 60_000);

test('with a database that is away it starts all the same, and calls say what to mend', async () => {
  const at = performance.now();
  const gateway = await startPostgresPlugin({ databases: { main: 'postgres://u:hunter2@127.0.0.1:1/db' } });
  expect(performance.now() - at).toBeLessThan(3000);
  const result = await call(gateway, 'execute_sql', { sql: 'select 1' });
  expect(result).toMatchObject({ isError: true });
  expect(result.content[0].text).toContain('connection refused by 127.0.0.1:1. Start the server');
  const health = await fetch(`${gateway.url}/postgres/health`);
  expect(await jsonOf(health)).toMatchObject({
    status: 'degraded',
    reason: expect.stringContaining('connection refused'),
  });
  expect(gateway.log()).not.toContain('hunter2');
});
