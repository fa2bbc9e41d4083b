import { Worker } from 'node:worker_threads';
import { GatewayError } from '../../../core/errors.ts';
import type { Job, JobResults } from './job.ts';
import type { Reply } from './worker.ts';

interface Waiting {
  readonly job: Job;
  readonly signal: AbortSignal;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

interface PoolSettings {
  readonly workers: number;
  readonly convertTimeoutMs: number;
  readonly workerMemoryMb: number;
  /** What a caller is told whose job was not done after so many milliseconds; of a conversion, unless given. */
  readonly tooSlow?: (ms: number) => GatewayError;
  /** What the jobs are, where a caller is told that there are too many of them. */
  readonly jobs?: string;
}

const idleMs = 60_000;
const longestQueue = 200;

/**
 * Threads in which foreign bytes are parsed. A job that is not done by its deadline, or whose caller has gone, takes its
 * thread with it: nothing in JavaScript ends a loop from outside but the end of its thread.
 */
export class WorkerPool {
  readonly #settings: PoolSettings;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  readonly #queue: Waiting[] = [];
  #running = 0;
  #isClosed = false;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  /** Throws what the job throws; `timeout` at its deadline, `too_large` where it needs more memory than a worker has. */
  run<T extends Job['task']>(job: Extract<Job, { task: T }>, signal: AbortSignal): Promise<JobResults[T]> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (this.#queue.length >= longestQueue) {
        return reject(
          new GatewayError(
            'busy',
            `Too many ${this.#settings.jobs ?? 'pages are waiting to be converted'}. Try again in a moment.`,
          ),
        );
      }
      const waiting: Waiting = { job, signal, resolve: (result) => resolve(result as JobResults[T]), reject };
      if (this.#running < this.#settings.workers) this.#start(waiting);
      else this.#enqueue(waiting);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#queue.splice(0))
      reject(new GatewayError('unavailable', 'The gateway is shutting down.'));
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
  }

  #enqueue(waiting: Waiting): void {
    const leave = () => {
      const at = this.#queue.indexOf(waiting);
      if (at === -1) return; // it has started since
      this.#queue.splice(at, 1);
      waiting.reject(waiting.signal.reason);
    };
    waiting.signal.addEventListener('abort', leave, { once: true });
    this.#queue.push(waiting);
  }

  #start(waiting: Waiting): void {
    this.#running++;
    const { job, signal } = waiting;
    const worker = this.#idle.pop() ?? this.#spawn();
    const kill = (reason: unknown) => end(() => waiting.reject(reason), true);
    const { convertTimeoutMs: deadlineMs, tooSlow = conversionTooSlow } = this.#settings;
    const timer = setTimeout(() => kill(tooSlow(deadlineMs)), deadlineMs);
    const onAbort = () => kill(signal.reason);
    const onReply = (reply: Reply) =>
      end(() => (reply.ok ? waiting.resolve(reply.result) : waiting.reject(failureOf(reply))), false);
    const onError = (error: Error) => kill(isOutOfMemory(error) ? tooHeavy(error) : error);
    const onExit = () => kill(new Error('a conversion worker ended by itself'));
    const end = (settle: () => void, isDead: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      worker.off('message', onReply).off('error', onError).off('exit', onExit);
      this.#running--;
      this.#giveBack(worker, isDead);
      settle();
      const next = this.#queue.shift();
      if (next) this.#start(next);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    worker.on('message', onReply).on('error', onError).on('exit', onExit);
    worker.ref();
    worker.postMessage(job);
  }

  #spawn(): Worker {
    const { workerMemoryMb } = this.#settings;
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: workerMemoryMb },
      execArgv: [],
      env: {}, // what parses foreign bytes has no need of the environment and its secrets
    });
    this.#all.add(worker);
    worker.on('exit', () => this.#forget(worker));
    worker.on('error', () => this.#forget(worker)); // an idle worker that fails is replaced by the next job
    return worker;
  }

  #giveBack(worker: Worker, isDead: boolean): void {
    if (isDead || this.#isClosed) {
      this.#forget(worker);
      void worker.terminate();
      return;
    }
    worker.unref();
    this.#idle.push(worker);
    const timer = setTimeout(() => {
      if (this.#idle[0] === worker) void this.#idle.shift()?.terminate();
    }, idleMs);
    timer.unref();
  }

  #forget(worker: Worker): void {
    this.#all.delete(worker);
    const at = this.#idle.indexOf(worker);
    if (at !== -1) this.#idle.splice(at, 1);
  }
}

function failureOf(reply: Extract<Reply, { ok: false }>): Error {
  if (reply.code !== undefined) return new GatewayError(reply.code, reply.message);
  const error = new Error(reply.message);
  if (reply.stack !== undefined) error.stack = reply.stack;
  return error;
}

function isOutOfMemory(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function conversionTooSlow(ms: number): GatewayError {
  return new GatewayError(
    'timeout',
    `The page was not converted after ${ms} ms (plugins.fetch.convertTimeoutMs). Ask for a selector, for raw: true, or for another page.`,
  );
}

function tooHeavy(cause: Error): GatewayError {
  return new GatewayError(
    'too_large',
    'The page needs more memory than a conversion may use. Ask for a selector, for raw: true, or for another page.',
    {
      cause,
    },
  );
}
