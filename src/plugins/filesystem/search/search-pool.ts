import { Worker } from 'node:worker_threads';
import { GatewayError, type GatewayErrorCode } from '../../../core/errors.ts';
import type { Job, JobResults } from './job.ts';
import type { WorkerAnswer } from './worker.ts';

const watchMs = 200;
const slowMs = 1000;
const graceMs = 3000;
const longestQueue = 64;
const workerMemoryMb = 512;

interface Hand {
  readonly worker: Worker;
  readonly heartbeat: Int32Array;
}

class TooSlow extends Error {}

/**
 * Runs walks and scans on worker threads, so that the gateway's own thread never waits for one. A worker that hangs or
 * is called off is ended, since nothing else stops a running regular expression; a pattern that proves slow on the fast
 * engine is searched again on the linear one.
 */
export class SearchPool {
  readonly #size: number;
  readonly #idle: Hand[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #closed = false;

  constructor(size: number) {
    this.#size = size;
  }

  async run<Kind extends Job['kind']>(job: Job & { kind: Kind }, signal: AbortSignal): Promise<JobResults[Kind]> {
    await this.#turn();
    try {
      return (await this.#attempt(job, signal)) as JobResults[Kind];
    } catch (error) {
      if (!(error instanceof TooSlow) || job.kind !== 'content') throw error;
      const linear: Job = Object.assign({}, job, { linearOnly: true });
      return (await this.#attempt(linear, signal)) as JobResults[Kind];
    } finally {
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.splice(0).map(({ worker }) => worker.terminate()));
  }

  async #turn(): Promise<void> {
    if (this.#busy >= this.#size) {
      if (this.#waiting.length >= longestQueue) {
        throw new GatewayError('busy', 'Too many searches are waiting. Try again in a moment.');
      }
      await new Promise<void>((resume) => this.#waiting.push(resume));
    }
    this.#busy++;
  }

  async #attempt(job: Job, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    const hand = this.#idle.pop() ?? hire();
    try {
      const answer = await ask(hand, job, signal);
      if (this.#closed) await hand.worker.terminate();
      else this.#idle.push(hand);
      return unwrap(answer);
    } catch (error) {
      // Not answered: whatever it is doing, only ending the thread stops it.
      if (!this.#idle.includes(hand)) await hand.worker.terminate();
      throw error;
    }
  }
}

function hire(): Hand {
  const heartbeat = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: heartbeat.buffer,
    resourceLimits: { maxOldGenerationSizeMb: workerMemoryMb },
  });
  worker.unref();
  return { worker, heartbeat };
}

function ask({ worker, heartbeat }: Hand, job: Job, signal: AbortSignal): Promise<WorkerAnswer> {
  return new Promise((resolve, reject) => {
    let seen = 0;
    let since = Date.now();
    const timer = setInterval(() => {
      const beat = Atomics.load(heartbeat, 0);
      if (beat !== seen || beat % 2 === 0) {
        seen = beat;
        since = Date.now();
      } else if (Date.now() - since > slowMs) end(() => reject(new TooSlow()));
      if (Date.now() > job.rules.deadline + graceMs) end(() => reject(timedOut()));
    }, watchMs);
    const end = (settle: () => void) => {
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      worker.off('message', onMessage).off('error', onError);
      settle();
    };
    const onAbort = () => end(() => reject(signal.reason));
    const onMessage = (answer: WorkerAnswer) => end(() => resolve(answer));
    const onError = (error: Error) => end(() => reject(error));
    signal.addEventListener('abort', onAbort);
    worker.on('message', onMessage).on('error', onError);
    worker.postMessage(job);
  });
}

function timedOut(): GatewayError {
  return new GatewayError('timeout', 'The search took too long. Search a smaller directory or a simpler pattern.');
}

function unwrap(answer: WorkerAnswer): unknown {
  if (answer.ok) return answer.result;
  const { code, message } = answer.error;
  throw code === undefined ? new Error(message) : new GatewayError(code as GatewayErrorCode, message);
}
