import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./load.mjs', import.meta.url));

/** How long the last answers of a load may take. */
const graceMs = 30_000;
/** How long a load may take that has a count instead of a time. */
const countedMs = 20 * 60_000;

/** The process that makes the load, seen from the one that measures. */
export class LoadProcess {
  #child = start();
  #limitMs = graceMs;

  /** Connects, and does what is not measured; resolves when `go` may be called. */
  async prepare(job) {
    this.#limitMs = graceMs + (job.milliseconds ?? countedMs);
    await this.#ask({ prepare: job }, 'prepared');
  }

  /** Runs the job; resolves with its result, throws what the first wrong answer said. */
  go() {
    return this.#ask({ go: true }, 'done');
  }

  /** Both at once, for what is not measured. */
  async run(job) {
    await this.prepare(job);
    return this.go();
  }

  stop() {
    this.#child.kill('SIGKILL');
  }

  #ask(message, answer) {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error('the load process ended'));
      // A server that never answers must not hold up the others: the load that waits for it is given up.
      const timer = setTimeout(() => {
        child.off('exit', onExit).kill('SIGKILL');
        this.#child = start();
        reject(new Error(`no answer for ${this.#limitMs / 1000} s`));
      }, this.#limitMs);
      child.once('exit', onExit);
      child.once('message', (reply) => {
        clearTimeout(timer);
        child.off('exit', onExit);
        if (reply.failed) reject(new Error(reply.failed));
        else resolve(reply[answer]);
      });
      child.send(message);
    });
  }
}

function start() {
  return fork(script, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}
