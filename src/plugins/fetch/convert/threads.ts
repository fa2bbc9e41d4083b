import { Worker } from 'node:worker_threads';

const idleMs = 60_000;

/** Worker threads that are started when needed, kept while they are used, and ended with what runs away in them. */
export class Threads {
  readonly #memoryMb: number;
  readonly #idle: { readonly worker: Worker; readonly since: number }[] = [];
  readonly #all = new Set<Worker>();
  #sweep: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(memoryMb: number) {
    this.#memoryMb = memoryMb;
  }

  /** A thread for one job. */
  take(): Worker {
    const idle = this.#idle.pop()?.worker;
    idle?.ref();
    return idle ?? this.#spawn();
  }

  giveBack(worker: Worker): void {
    if (this.#isClosed) {
      this.end(worker);
      return;
    }
    worker.unref();
    this.#idle.push({ worker, since: Date.now() });
    this.#sweep ??= setInterval(() => this.#endIdle(), idleMs / 2).unref();
  }

  end(worker: Worker): void {
    this.#forget(worker);
    void worker.terminate();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
  }

  #spawn(): Worker {
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: this.#memoryMb },
      execArgv: [],
      env: {}, // what parses foreign bytes has no need of the environment and its secrets
    });
    this.#all.add(worker);
    worker.on('exit', () => this.#forget(worker));
    worker.on('error', () => this.#forget(worker)); // an idle worker that fails is replaced by the next job
    return worker;
  }

  #endIdle(): void {
    const before = Date.now() - idleMs;
    for (const { worker, since } of [...this.#idle]) if (since < before) this.end(worker);
    if (this.#idle.length > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #forget(worker: Worker): void {
    this.#all.delete(worker);
    const at = this.#idle.findIndex((idle) => idle.worker === worker);
    if (at !== -1) this.#idle.splice(at, 1);
  }
}
