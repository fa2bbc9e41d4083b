import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { listPostgresVersions, startPostgres } from '../../../support/postgres.ts';
import { startTcpServer, type TcpServer } from '../../../support/tcp-server.ts';
import { eventually, failureOf, openEngine, run } from './support.ts';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function opened(...args: Parameters<typeof openEngine>) {
  const engine = openEngine(...args);
  cleanUps.push(() => engine.close());
  return engine;
}

async function fake(serve: (socket: Socket) => void): Promise<TcpServer> {
  const server = await startTcpServer(serve);
  cleanUps.push(() => server.close());
  return server;
}

describe.each(listPostgresVersions())('a PostgreSQL %s server', (version) => {
  test('that dies in mid-flight and comes back costs its callers one clear error each', async () => {
    const server = await startPostgres(version);
    cleanUps.push(() => server.stop());
    const engine = opened(server.url);
    await run(engine, 'select 1');
    const running = Array.from({ length: 10 }, () =>
      failureOf(run(engine, 'select pg_sleep(20)', { timeoutMs: 20_000 })),
    );
    await sleep(300);
    await server.kill();
    for (const failure of await Promise.all(running)) {
      expect(failure.code).toBe('unavailable');
      expect(failure.message).toMatch(/was lost while the statement ran.*Nothing was changed/);
    }
    await eventually(() => engine.state().is === 'down', 5000);
    const at = performance.now();
    for (const failure of await Promise.all(Array.from({ length: 20 }, () => failureOf(run(engine, 'select 1'))))) {
      expect(failure.code).toBe('unavailable');
      expect(failure.message).toContain(`connection refused by 127.0.0.1:${server.port}`);
    }
    expect(performance.now() - at).toBeLessThan(1000);
    expect((await failureOf(engine.catalog('select 1', []))).code).toBe('unavailable');

    await server.restart();
    await eventually(() => engine.state().is === 'up', 5000);
    expect((await run(engine, 'select 1')).rows).toEqual([['1']]);
    expect(await engine.catalog('select 2 as two', [])).toEqual([{ two: '2' }]);
  });

  test('that restarts while nobody calls is not noticed by the next caller', async () => {
    const server = await startPostgres(version);
    cleanUps.push(() => server.stop());
    const engine = opened(server.url);
    await run(engine, 'select 1');
    await server.restart();
    await eventually(() => engine.state().is === 'up', 5000);
    expect((await run(engine, 'select 1')).rows).toEqual([['1']]);
  });

  test('that ends sessions one by one is reconnected to', async () => {
    const server = await startPostgres(version);
    cleanUps.push(() => server.stop());
    const engine = opened(server.url, { min: 2, max: 3 });
    for (let round = 0; round < 2; round++) {
      expect((await run(engine, 'select 1')).rows).toEqual([['1']]);
      await run(
        engine,
        'select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = $1',
        { params: ['client backend'] },
      );
      await sleep(1100); // older than a connection that makes the server look broken
    }
    expect(engine.state().is).toBe('up');
  });

  test('that refuses the login is said to, with what to mend and without the password', async () => {
    const server = await startPostgres(version, { password: 'right' });
    cleanUps.push(() => server.stop());
    const wrong = await failureOf(run(opened(server.urlFor({ password: 'hunter2' })), 'select 1'));
    expect(wrong.code).toBe('unavailable');
    expect(wrong.message).toContain('authentication failed for user "postgres". Correct user and password');
    const missing = await failureOf(run(opened(server.urlFor({ database: 'nowhere' })), 'select 1'));
    expect(missing.message).toContain('database "nowhere" does not exist');
    const stranger = opened(`${server.urlFor({ user: 'stranger', password: 'hunter2' })}`);
    const refused = await failureOf(run(stranger, 'select 1'));
    expect(refused.message).toContain('authentication failed for user "stranger"');
    for (const { message } of [wrong, missing, refused]) expect(message).not.toMatch(/hunter2|right/);
  });

  test('that has no connection to spare is busy where others work, and down where none does', async () => {
    const server = await startPostgres(version, {
      settings: {
        max_connections: '8',
        superuser_reserved_connections: '0',
        ...(version === '18' ? { reserved_connections: '0' } : {}),
      },
    });
    cleanUps.push(() => server.stop());
    const greedy = opened(server.url, { max: 10, waitMs: 500 });
    await run(greedy, 'select 1');
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () =>
        run(greedy, 'select pg_sleep(1)').then(
          () => 'done',
          ({ code }) => String(code),
        ),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set(['done', 'busy']));
    expect(greedy.state().is).toBe('up');
    const late = opened(server.url);
    expect((await failureOf(run(late, 'select 1'))).message).toContain('too many connections');
  });
});

test('a port where nothing listens is refused at once, and dialled rarely', async () => {
  const server = await startTcpServer(() => undefined);
  await server.close();
  const engine = opened(`postgres://u:hunter2@127.0.0.1:${server.port}/db`);
  const failure = await failureOf(run(engine, 'select 1'));
  expect(failure.message).toMatch(
    /connection refused by 127\.0\.0\.1:[0-9]+\. Start the server, or correct host and port/,
  );
  expect(engine.state()).toMatchObject({ is: 'down', reason: expect.stringContaining('connection refused') });
});

test('a server that takes connections and never answers costs bounded time and few connections', async () => {
  const blackHole = await fake(() => undefined);
  const engine = opened(`postgres://u:p@127.0.0.1:${blackHole.port}/db?connect_timeout=1&sslmode=disable`);
  const at = performance.now();
  const failures = await Promise.all(Array.from({ length: 50 }, () => failureOf(run(engine, 'select 1'))));
  expect(performance.now() - at).toBeLessThan(4000);
  for (const failure of failures) {
    expect(failure.code).toBe('unavailable');
    expect(failure.message).toContain('did not finish the login within 1000 ms');
  }
  const againAt = performance.now();
  await Promise.all(Array.from({ length: 50 }, () => failureOf(run(engine, 'select 1'))));
  expect(performance.now() - againAt).toBeLessThan(500);
  expect(blackHole.taken()).toBeLessThan(4);
});

test('a server that never answers the question for TLS is given up as well', async () => {
  const blackHole = await fake(() => undefined);
  const engine = opened(`postgres://u:p@127.0.0.1:${blackHole.port}/db?connect_timeout=1`);
  expect((await failureOf(run(engine, 'select 1'))).message).toContain('did not answer within 1000 ms');
});

test.each([
  ['at once', (socket: Socket) => void socket.destroy()],
  ['politely', (socket: Socket) => void socket.end()],
  ['during the login', (socket: Socket) => void socket.once('data', () => socket.destroy())],
])('a server that hangs up %s is not dialled without end', async (_when, serve) => {
  const server = await fake(serve);
  const engine = opened(`postgres://u:p@127.0.0.1:${server.port}/db?sslmode=disable`);
  const until = Date.now() + 3000;
  while (Date.now() < until) {
    expect((await failureOf(run(engine, 'select 1'))).code).toBe('unavailable');
    await sleep(10);
  }
  expect(server.taken()).toBeLessThan(12);
});

test('a server that speaks another protocol is said to', async () => {
  const web = await fake((socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  const engine = opened(`postgres://u:p@127.0.0.1:${web.port}/db`);
  expect((await failureOf(run(engine, 'select 1'))).message).toContain("does not speak PostgreSQL's protocol");
});

test('a server that floods the login is cut off', async () => {
  const flood = await fake((socket) => {
    const notice = Buffer.concat([Buffer.from('N\x00\x0f\xff\xff', 'latin1'), Buffer.alloc(1_048_571)]);
    const more = () => {
      while (!socket.destroyed && socket.write(notice));
    };
    socket.once('data', more).on('drain', more);
  });
  const engine = opened(`postgres://u:p@127.0.0.1:${flood.port}/db?sslmode=disable`);
  const before = process.memoryUsage().rss;
  expect((await failureOf(run(engine, 'select 1'))).code).toBe('unavailable');
  expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(60);
});

test('a server that wants the password hashed for hours does not get it', async () => {
  const message = (code: number, text: string) => {
    const body = Buffer.concat([Buffer.from([0, 0, 0, code]), Buffer.from(text)]);
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from('R'), length, body]);
  };
  const greedy = await fake((socket) => {
    socket.once('data', () => {
      socket.write(message(10, 'SCRAM-SHA-256\0\0'));
      socket.once('data', () => socket.write(message(11, 'r=abc,s=QSXCR+Q6sek8bf92,i=2000000000')));
    });
  });
  const engine = opened(`postgres://u:p@127.0.0.1:${greedy.port}/db?sslmode=disable`);
  const at = performance.now();
  expect((await failureOf(run(engine, 'select 1'))).message).toContain('hashed 2000000000 times');
  expect(performance.now() - at).toBeLessThan(4000);
});

describe.each(listPostgresVersions())('a network that falls silent before PostgreSQL %s', (version) => {
  test('ends in an error within bounds, and is forgotten when it speaks again', async () => {
    const server = await startPostgres(version);
    cleanUps.push(() => server.stop());
    let silent = false;
    const wire = await fake((client) => {
      const upstream = connect(server.port, '127.0.0.1').on('error', () => undefined);
      client.on('data', (bytes) => void (silent || upstream.write(bytes)));
      upstream.on('data', (bytes) => void (silent || client.write(bytes)));
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
    });
    const engine = opened(`postgres://postgres@127.0.0.1:${wire.port}/postgres?connect_timeout=1&sslmode=disable`);
    await run(engine, 'select 1');
    silent = true;
    const at = performance.now();
    const failure = await failureOf(run(engine, 'select 1', { timeoutMs: 500 }));
    expect(['timeout', 'unavailable']).toContain(failure.code);
    expect(performance.now() - at).toBeLessThan(8000);
    silent = false;
    await eventually(async () => (await run(engine, 'select 1').catch(() => undefined)) !== undefined, 15_000);
  });
});
