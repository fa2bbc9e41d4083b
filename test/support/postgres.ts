import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { appendFile, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type PostgresVersion, postgresBin, postgresUser, type RunAs, tailOf } from './postgres-binaries.ts';

export { listPostgresVersions, type PostgresVersion } from './postgres-binaries.ts';

export interface PostgresOptions {
  /** Makes the superuser `postgres` log in with this password (SCRAM); without it everybody local is trusted. */
  readonly password?: string;
  /** Further server settings by name, such as `{ max_connections: '5' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A real server of the test's own, on 127.0.0.1, with its data in a temporary folder. */
export interface PostgresServer {
  readonly version: PostgresVersion;
  readonly port: number;
  /** The superuser `postgres` on the database `postgres`. */
  readonly url: string;
  /** The same server as another user or on another database. */
  urlFor(as: { readonly user?: string; readonly password?: string; readonly database?: string }): string;
  /** Stops the server, cutting its connections, and removes its data. Safe to call twice. */
  stop(): Promise<void>;
  /** Kills the server as a crash would (SIGKILL): its clients see broken connections. Its data stays for `restart`. */
  kill(): Promise<void>;
  /** Stops (unless killed before) and starts again on the same port, with the same data. */
  restart(): Promise<void>;
}

const run = promisify(execFile);
const startDeadlineMs = 45_000;

/** Starts a fresh server of that version; takes two to five seconds. `stop` it in `afterAll`. */
export async function startPostgres(version: PostgresVersion, options: PostgresOptions = {}): Promise<PostgresServer> {
  const runAs = postgresUser();
  const bin = await postgresBin(version, runAs);
  const root = await mkdtemp(join(tmpdir(), 'mcp-sse-gateway-pg-'));
  const removeAtExit = () => rmSync(root, { recursive: true, force: true });
  const dataFolder = join(root, 'data');
  await mkdir(dataFolder, { mode: 0o700 });
  if (runAs) for (const folder of [root, dataFolder]) await chown(folder, runAs.uid, runAs.gid);
  await initialise(bin, root, dataFolder, runAs, options.password);
  const port = await freePort();
  const launch = () => launchServer(bin, root, dataFolder, port, runAs, options.settings ?? {});
  let server: ChildProcess | undefined = await launch();
  process.once('exit', removeAtExit);

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = server;
    server = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exit = once(ending, 'exit');
    ending.kill(signal);
    await exit;
  }
  const urlFor: PostgresServer['urlFor'] = ({ user = 'postgres', password, database = 'postgres' }) => {
    const secret = password ?? (user === 'postgres' ? options.password : undefined);
    const login = [user, ...(secret === undefined ? [] : [secret])].map(encodeURIComponent).join(':');
    return `postgres://${login}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  };
  return {
    version,
    port,
    url: urlFor({}),
    urlFor,
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGINT');
      server = await launch();
    },
    stop: async () => {
      await end('SIGINT');
      process.off('exit', removeAtExit);
      await rm(root, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

async function initialise(
  bin: string,
  root: string,
  dataFolder: string,
  runAs: RunAs | undefined,
  password: string | undefined,
): Promise<void> {
  const auth = ['--auth=trust'];
  if (password !== undefined) {
    const passwordFile = join(root, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (runAs) await chown(passwordFile, runAs.uid, runAs.gid);
    auth.splice(0, 1, '--auth=scram-sha-256', `--pwfile=${passwordFile}`);
  }
  const flags = ['-D', dataFolder, '-U', 'postgres', '--encoding=UTF8', '--locale=C', '--no-sync', ...auth];
  await run(join(bin, 'initdb'), flags, { ...runAs, cwd: root, env: { ...process.env, LC_ALL: 'C' } });
}

/** Starts the server process and waits until it answers on its port. A port that was taken meanwhile fails the start. */
async function launchServer(
  bin: string,
  root: string,
  dataFolder: string,
  port: number,
  runAs: RunAs | undefined,
  settings: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: root,
    shared_preload_libraries: 'pg_stat_statements',
    fsync: 'off',
    ...settings,
  };
  const flags = ['-D', dataFolder, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const logFile = join(root, 'server.log');
  const deadline = Date.now() + startDeadlineMs;
  while (true) {
    const server = spawn(join(bin, 'postgres'), flags, {
      ...runAs,
      cwd: root,
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server.stderr.on('data', (chunk: Buffer) => void appendFile(logFile, chunk).catch(() => undefined));
    const dieWithTests = () => server.kill('SIGQUIT');
    process.once('exit', dieWithTests);
    server.once('exit', () => process.off('exit', dieWithTests));
    while (server.exitCode === null && server.signalCode === null) {
      if (await accepts(port)) return server;
      if (Date.now() > deadline) server.kill('SIGKILL');
      await sleep(25);
    }
    // After a kill the old backends hold the shared memory for a moment, and a new server gives up at once.
    if (Date.now() > deadline) throw new Error(`PostgreSQL did not start.\n${await tailOf(logFile)}`);
    await sleep(200);
  }
}

/** Whether the server takes logins yet. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    // A StartupMessage of protocol 3.0; while the server starts, it answers with SQLSTATE 57P03.
    const body = Buffer.from('\0\x03\0\0user\0postgres\0database\0postgres\0\0', 'latin1');
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    socket.setTimeout(1000, () => settle(false));
    socket.on('connect', () => socket.write(Buffer.concat([length, body])));
    socket.on('data', (answer) => settle(!answer.includes('57P03')));
    socket.on('error', () => settle(false));
    socket.on('close', () => settle(false));
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No TCP port to be had on 127.0.0.1.');
  return address.port;
}
