import { builtInPlugins } from 'mcp-sse-gateway';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { post, request, startTestGateway } from '../../support/gateway.ts';
import { listPostgresVersions, startPostgres } from '../../support/postgres.ts';
import { SseClient } from '../../support/sse-client.ts';

const slow = 'SELECT count(*) FROM generate_series(1, 2000000000)';

test.each(await listPostgresVersions())(
  'PostgreSQL %s: no statement outlives a gateway whose drain is over',
  async (version) => {
    const server = await startPostgres(version);
    const watcher = postgres(server.url, { max: 1, onnotice: () => undefined });
    const { gateway, url } = await startTestGateway(
      {
        server: { drainTimeout: '300ms' },
        plugins: { postgres: { databases: { main: server.url }, statementTimeoutMs: 60_000 } },
      },
      builtInPlugins.filter(({ name }) => name === 'postgres'),
    );
    const call = request('tools/call', { name: 'execute_sql', arguments: { sql: slow } });
    const answers = [
      post(`${url}/postgres/tools/execute_sql`, { sql: slow }),
      post(`${url}/postgres/rpc`, call),
      post(`${url}/postgres/mcp`, call),
    ];
    const { send, client } = await SseClient.session(url, '/postgres/sse');
    await send(call);
    const active = async () =>
      (
        await watcher`SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE ${'%generate_series(1, 2000000000)%'} AND pid <> pg_backend_pid()`
      ).length;
    await expect.poll(active, { timeout: 10_000 }).toBe(4);
    await gateway.stop();
    await expect.poll(active, { timeout: 2000 }).toBe(0);
    for (const answer of answers) expect(await (await answer).text()).toContain('shutting down');
    expect((await client.answer(1)).result.isError).toBe(true);
    await watcher.end();
    await server.stop();
  },
);
