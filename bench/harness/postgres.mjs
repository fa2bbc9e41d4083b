import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import postgres from 'postgres';
import { project } from './places.mjs';

/** A real PostgreSQL with a table of a hundred items; started as the tests start theirs, whose code is compiled for it. */
export async function startDatabase() {
  execFileSync(process.execPath, [
    join(project, 'node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    join(project, 'bench'),
  ]);
  const { listPostgresVersions, startPostgres } = await import('../.built/postgres.js');
  const [version] = listPostgresVersions();
  if (!version) throw new Error('no PostgreSQL can be started here');
  const server = await startPostgres(version, { settings: { max_connections: '60' } });
  const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
  await sql.unsafe(`create table items (id int primary key, name text not null, price numeric not null);
    insert into items select n, 'item ' || n, n * 1.25 from generate_series(1, 100) n; analyze items;`);
  await sql.end();
  return { version, url: server.url, stop: () => server.stop() };
}
