import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './command-line-gateway.mjs';
import { HttpConnection } from './http-connection.mjs';
import { contendersFolder } from './places.mjs';
import { treeUsage } from './process-tree.mjs';

const startMs = 60_000;
/** Programs lose track of processes that a shell of theirs started; this one does not. */
const reaper = join(contendersFolder, 'python', 'reaper.py');

/**
 * A contender that is a program of somebody else's, with whatever processes it starts: measured from outside, over all of
 * them. `arguments` gets the port and an empty folder. It is up when its port takes connections and `isUp` (if any) says so.
 */
export class Program {
  static async start({ program, args, env = {}, isUp }) {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'mcp-bench-'));
    const out = openSync(join(folder, 'out'), 'w');
    // A group of its own, so that none of its processes is left over.
    const child = spawn('python3', [reaper, program, ...args(port, folder)], {
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['ignore', out, out],
      detached: true,
    });
    const contender = new Program(child, port, folder);
    try {
      await contender.#comeUp(isUp);
    } catch (error) {
      const log = readFileSync(join(folder, 'out'), 'utf8').slice(-1500);
      await contender.stop();
      throw new Error(`${error.message}\n${log}`);
    }
    return contender;
  }

  constructor(child, port, folder) {
    this.child = child;
    this.port = port;
    this.folder = folder;
  }

  async #comeUp(isUp = async () => true) {
    let spawnError;
    this.child.once('error', (error) => {
      spawnError = error;
    });
    for (const end = Date.now() + startMs; Date.now() < end; ) {
      if (spawnError) throw spawnError;
      if (this.child.exitCode !== null) throw new Error(`ended with ${this.child.exitCode}`);
      const connection = await HttpConnection.open(this.port).catch(() => undefined);
      connection?.close();
      if (connection && (await isUp(this.port).catch(() => false))) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('does not come up');
  }

  usage() {
    return Promise.resolve(treeUsage(this.child.pid));
  }

  async stop() {
    if (this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve));
      process.kill(-this.child.pid, 'SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
