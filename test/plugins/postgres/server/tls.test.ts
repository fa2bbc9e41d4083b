import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../../src/plugins/postgres/engine.ts';
import { listPostgresVersions, type PostgresServer, startPostgres } from '../../../support/postgres.ts';
import { startTcpServer, type TcpServer } from '../../../support/tcp-server.ts';
import { failureOf, openEngine, run } from './support.ts';

const folder = join(import.meta.dirname, '../../../support/tls');
const ca = join(folder, 'ca.pem');

describe.each(listPostgresVersions().slice(-1))('over TLS to PostgreSQL %s', (version) => {
  let server: PostgresServer;
  let proxy: TcpServer;
  const engines: Engine[] = [];

  beforeAll(async () => {
    server = await startPostgres(version, { password: 'secret' });
    proxy = await startTcpServer((socket) => terminateTls(socket, server.port));
  });
  afterAll(async () => {
    await Promise.all(engines.map((engine) => engine.close()));
    await proxy.close();
    await server.stop();
  });

  function engineFor(query: string, host = 'localhost', port = proxy.port): Engine {
    const engine = openEngine(`postgres://postgres:secret@${host}:${port}/postgres?${query}`, { min: 1 });
    engines.push(engine);
    return engine;
  }

  test.each([
    ['nothing said', '', 'localhost'],
    ['require', 'sslmode=require', '127.0.0.1'],
    ['verify-ca by address', `sslmode=verify-ca&sslrootcert=${ca}`, '127.0.0.1'],
    ['verify-full by name', `sslmode=verify-full&sslrootcert=${ca}`, 'localhost'],
  ])('%s is served encrypted', async (_title, query, host) => {
    const found = await run(engineFor(query, host), 'select 1');
    expect(found.rows).toEqual([['1']]);
  });

  test('the byte limit and cancelling hold there too', async () => {
    const engine = engineFor('sslmode=require');
    expect((await failureOf(run(engine, "select repeat('x', 100000000)"))).code).toBe('too_large');
    const caller = new AbortController();
    setTimeout(() => caller.abort(), 300);
    const at = performance.now();
    expect(
      (await failureOf(run(engine, 'select pg_sleep(20)', { signal: caller.signal, timeoutMs: 20_000 }))).code,
    ).toBe('cancelled');
    expect(performance.now() - at).toBeLessThan(1900); // before the connection is cut by force
  });

  test.each([
    [
      'an unknown authority',
      'sslmode=verify-full',
      'localhost',
      /signed by an authority that is not trusted.*sslrootcert=/,
    ],
    ['another name', `sslmode=verify-full&sslrootcert=${ca}`, '127.0.0.1', /for another host name.*verify-ca/],
    [
      'a missing file',
      'sslmode=verify-ca&sslrootcert=/no/ca.pem',
      'localhost',
      /\/no\/ca\.pem of sslrootcert cannot be read \(ENOENT\)/,
    ],
  ])('%s is an error to act on', async (_title, query, host, message) => {
    const failure = await failureOf(run(engineFor(query, host), 'select 1'));
    expect(failure.code).toBe('unavailable');
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain('secret');
  });

  test('a server without TLS is refused where the URL insists, and taken where it does not', async () => {
    const failure = await failureOf(run(engineFor('sslmode=require', '127.0.0.1', server.port), 'select 1'));
    expect(failure.message).toMatch(/has no TLS.*sslmode=require.*sslmode=disable/);
    expect((await run(engineFor('', '127.0.0.1', server.port), 'select 1')).rows).toEqual([['1']]);
  });
});

/** Answers PostgreSQL's question for TLS, and passes the rest on in clear, as a pooler with TLS does. */
function terminateTls(socket: Socket, port: number): void {
  socket.once('data', () => {
    socket.write('S');
    const secured = new TLSSocket(socket, {
      isServer: true,
      key: readFileSync(join(folder, 'server.key')),
      cert: readFileSync(join(folder, 'server.pem')),
    });
    const upstream = connect(port, '127.0.0.1');
    for (const each of [secured, upstream]) each.on('error', () => undefined);
    secured.pipe(upstream).pipe(secured);
    secured.on('close', () => upstream.destroy());
    upstream.on('close', () => secured.destroy());
  });
}
