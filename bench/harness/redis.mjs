import { spawn, spawnSync } from 'node:child_process';
import { freePort } from './command-line-gateway.mjs';
import { HttpConnection } from './http-connection.mjs';
import { NodeServer } from './node-server.mjs';
import { contender } from './places.mjs';

/** A redis-server where one is installed, else a stand-in that answers what the workload asks; `name` says which. */
export async function startRedis() {
  const { status, stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  if (status !== 0) {
    const server = await NodeServer.start({ script: contender('tmdevlab/redis-stand-in') });
    return { name: 'a stand-in for Redis in memory', port: server.port, stop: () => server.stop() };
  }
  const port = await freePort();
  const quiet = ['--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'];
  const child = spawn('redis-server', ['--port', String(port), ...quiet], { stdio: 'ignore' });
  process.once('exit', () => child.kill('SIGKILL'));
  for (let attempt = 0; attempt < 200; attempt++) {
    const connection = await HttpConnection.open(port).catch(() => undefined);
    connection?.close();
    if (connection) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return { name: `Redis ${/v=(\S+)/.exec(stdout)?.[1]}`, port, stop: () => child.kill('SIGKILL') };
}
