import postgres from 'postgres';
import { expect, test } from 'vitest';
import { listPostgresVersions, startPostgres } from './postgres.ts';

test.each(listPostgresVersions())('a PostgreSQL %s of the tests survives a kill and a restart', async (version) => {
  const server = await startPostgres(version, { password: 'sesame & co', settings: { max_connections: '20' } });
  try {
    expect(await ask(server.url, 'create table kept as select 1; select version()')).toContain(
      `PostgreSQL ${version}.`,
    );
    await server.kill();
    await expect(ask(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    await server.restart();
    expect(await ask(server.url, 'select count(*) from kept')).toBe('1');
    expect(await ask(server.url, 'show max_connections')).toBe('20');
    await expect(ask(server.urlFor({ password: 'wrong' }), 'select 1')).rejects.toThrow('password authentication');
  } finally {
    await server.stop();
  }
});

async function ask(url: string, query: string): Promise<unknown> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    const results: unknown = await sql.unsafe(query).values();
    return (results as unknown[]).flat(3).at(-1);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
