import { Worker } from 'node:worker_threads';
import type { FromWorker, Place, ToWorker } from './messages.ts';

const stopWithinMs = 3000;

export interface WorkerEvents {
  message(message: FromWorker): void;
  /** It ended without being told to. */
  crashed(reason: string): void;
}

/** One worker thread with PGlite in it, from its spawn to its end. Unless `hold` says so, it does not keep the process alive. */
export class DatabaseWorker {
  readonly place: Place;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #dismissed = false;

  constructor(place: Place, events: WorkerEvents) {
    this.place = place;
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), {
      name: 'embedded-postgres',
      workerData: place,
      execArgv: [], // flags of the process, such as --input-type, are not meant for a worker
      env: {}, // no secret of the gateway's is any business of the database
      // Kept away from the process's own stdout, which may carry a protocol. Not read either: that would keep the process
      // alive, and PGlite prints next to nothing.
      stdout: true,
      stderr: true,
      // the heap for one statement's result and PGlite's own JavaScript; the stack for PostgreSQL's recursion
      resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 64 },
    });
    this.#worker.unref();
    let reason = 'it ended by itself';
    this.#worker.on('message', (message: FromWorker) => {
      if (!this.#dismissed) events.message(message);
    });
    this.#worker.on('error', (error) => {
      reason = String(error);
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        resolve();
        if (!this.#dismissed) events.crashed(reason);
      });
    });
  }

  post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /** Whether the process must live on for its sake. */
  hold(needed: boolean): void {
    if (needed) this.#worker.ref();
    else this.#worker.unref();
  }

  /** Ends it whatever it is doing; no event comes after this. */
  async kill(): Promise<void> {
    this.#dismissed = true;
    await this.#worker.terminate();
  }

  /** Lets an idle worker close its database and end, and ends it by force if that takes long. */
  async stop(): Promise<void> {
    this.#dismissed = true;
    this.#worker.ref();
    this.post({ kind: 'close' });
    const timer = setTimeout(() => void this.#worker.terminate(), stopWithinMs);
    await this.#ended;
    clearTimeout(timer);
  }
}
