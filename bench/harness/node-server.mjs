import { fork } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { treeUsage } from './process-tree.mjs';

const probe = pathToFileURL(fileURLToPath(new URL('./probe.mjs', import.meta.url))).href;
const startMs = 30_000;

/**
 * A contender that is a script of ours: it sends `{ port }` when it listens, and the probe inside measures it; one that
 * `isTree` has processes of its own and is measured from outside.
 */
export class NodeServer {
  static async start({ script, options = {}, gc = false, isTree = false }) {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-bench-'));
    const errors = join(folder, 'stderr');
    const out = openSync(errors, 'w');
    const child = fork(script, [JSON.stringify({ ...options, folder })], {
      execArgv: ['--import', probe, ...(gc ? ['--expose-gc'] : [])],
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', out, 'ipc'],
    });
    closeSync(out);
    const server = new NodeServer(child, folder, isTree);
    server.port = await new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`${script} ${why}\n${readFileSync(errors, 'utf8').slice(-2000)}`));
      const timer = setTimeout(() => fail('does not come up'), startMs);
      child.once('exit', (code) => fail(`ended with ${code}`));
      child.once('message', ({ port }) => {
        clearTimeout(timer);
        child.removeAllListeners('exit');
        resolve(port);
      });
    });
    return server;
  }

  constructor(child, folder, isTree) {
    this.child = child;
    this.folder = folder;
    this.isTree = isTree;
  }

  /** CPU time of all its threads so far, and memory; with `collect` after garbage collections, and with open handles. */
  usage({ collect = false } = {}) {
    if (this.isTree) return Promise.resolve(treeUsage(this.child.pid));
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error('the server ended'));
      this.child.once('exit', onExit);
      this.child.once('message', ({ usage }) => {
        this.child.off('exit', onExit);
        resolve(usage);
      });
      this.child.send({ ask: 'usage', collect });
    });
  }

  async stop() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
