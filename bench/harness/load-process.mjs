import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./load.mjs', import.meta.url));

/** The process that makes the load, seen from the one that measures. */
export class LoadProcess {
  #child = fork(script, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });

  /** Connects, and does what is not measured; resolves when `go` may be called. */
  async prepare(job) {
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
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error('the load process ended'));
      this.#child.once('exit', onExit);
      this.#child.once('message', (reply) => {
        this.#child.off('exit', onExit);
        if (reply.failed) reject(new Error(reply.failed));
        else resolve(reply[answer]);
      });
      this.#child.send(message);
    });
  }
}
