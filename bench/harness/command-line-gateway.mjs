import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { project } from './places.mjs';
import { key } from './requests.mjs';

const startMs = 60_000;

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The built program as users start it, with the built-in plugins. `since` is when its process was asked for. */
export class CommandLineGateway {
  static async start(folder, databaseUrl, dataFolder = join(folder, 'data')) {
    const port = await freePort();
    mkdirSync(join(folder, 'files'), { recursive: true });
    const config = join(folder, 'config.yaml');
    const settings = {
      server: { port },
      auth: { keys: [{ name: 'bench', key }] },
      dataFolder,
      plugins: { postgres: { databases: { main: databaseUrl } }, filesystem: { roots: [join(folder, 'files')] } },
    };
    writeFileSync(config, JSON.stringify(settings));
    const errors = openSync(join(folder, 'log'), 'w');
    const since = performance.now();
    const child = spawn(process.execPath, [join(project, 'dist', 'main.js'), 'start', '--config', config], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', errors],
    });
    return new CommandLineGateway(child, port, since, join(folder, 'log'));
  }

  constructor(child, port, since, log) {
    this.child = child;
    this.port = port;
    this.since = since;
    this.log = log;
  }

  /** Milliseconds from the start of the process until that path is answered with 200 (and `test` likes the body). */
  async answers(path, test = () => true) {
    while (performance.now() - this.since < startMs) {
      if (this.child.exitCode !== null) break;
      const response = await fetch(`http://127.0.0.1:${this.port}${path}`, { headers: { 'X-API-Key': key } }).catch(
        () => undefined,
      );
      const body = await response?.text();
      if (response?.status === 200 && test(body)) return performance.now() - this.since;
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    throw new Error(`the gateway does not answer ${path}: ${readFileSync(this.log, 'utf8').slice(-1500)}`);
  }

  async stop() {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }
}
