import { GatewayError } from '../../../core/errors.ts';
import type { Asker } from '../asker.ts';
import { FairQueue, type Place } from '../fair-queue.ts';
import { type Job, type JobResults, laneOf } from './job.ts';
import { Threads } from './threads.ts';
import type { Reply } from './worker.ts';
import { conversionTooSlow, crashOf, failureOf } from './worker-failure.ts';

interface Task extends Place {
  readonly job: Job;
  /** Takes the result to the caller, or why there is none. */
  settle(outcome: { readonly result: unknown } | { readonly reason: unknown }): void;
}

interface Run {
  readonly task: Task;
  /** Whether it has run for longer than nearly all jobs take. */
  isSlow: boolean;
  /** Not where it gave way before, lest it never end, and not a last resort, which never takes long. */
  readonly mayYield: boolean;
  /** Ends its thread, without an outcome. */
  stop(): void;
}

interface PoolSettings {
  readonly workers: number;
  readonly convertTimeoutMs: number;
  readonly workerMemoryMb: number;
  /** What a caller is told whose job was not done after so many milliseconds; of a conversion, unless given. */
  readonly tooSlow?: (ms: number, job: Job) => GatewayError;
  /** What the jobs are, where a caller is told that there are too many of them. */
  readonly jobs?: string;
}

/** What nearly every page is converted in, from when the thread has its libraries loaded. */
const slowMs = 500;
const mostQueued = 2000;
const mostQueuedByOne = 200;

/**
 * Threads in which foreign bytes are parsed. A job that is not done by its deadline (from when its thread is ready), or whose caller has gone, takes its
 * thread with it: nothing in JavaScript ends a loop from outside but the end of its thread.
 *
 * Callers are served in turn. Jobs that turn out slow keep all threads but one; where others wait, one more of them is
 * set back to begin again when a slow one ends, and of those a caller has at most all but two at once. So pages made to
 * take long cost a moment to what is asked beside them, whoever asks.
 */
export class WorkerPool {
  readonly #settings: PoolSettings;
  readonly #threads: Threads;
  /** What is left to do for pages that had their time already. */
  readonly #lastResorts = new FairQueue<Task>();
  readonly #waiting = new FairQueue<Task>();
  readonly #setBack = new FairQueue<Task>();
  readonly #runs = new Map<Task, Run>();
  readonly #mostSlow: number;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
    this.#threads = new Threads(settings.workerMemoryMb);
    this.#mostSlow = Math.max(1, settings.workers - 1);
  }

  /** Throws what the job throws; `timeout` at its deadline, `too_large` where it needs more memory than a worker has. */
  run<T extends Job['task']>(
    job: Extract<Job, { task: T }>,
    { signal, principal: { id: caller } }: Asker,
  ): Promise<JobResults[T]> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const queue = isLastResort(job) ? this.#lastResorts : this.#waiting;
      if (queue.size >= mostQueued || queue.sizeOf(caller) >= mostQueuedByOne) {
        const jobs = this.#settings.jobs ?? 'pages are waiting to be converted';
        return reject(new GatewayError('busy', `Too many ${jobs}. Try again in a moment.`));
      }
      const onAbort = () => {
        this.#runs.get(task)?.stop();
        if (!queue.remove(task)) this.#setBack.remove(task);
        task.settle({ reason: signal.reason });
        this.#startNext();
      };
      const settle: Task['settle'] = (outcome) => {
        signal.removeEventListener('abort', onAbort);
        if ('result' in outcome) resolve(outcome.result as JobResults[T]);
        else reject(outcome.reason);
      };
      const task: Task = { job, caller, lane: laneOf(job), settle };
      signal.addEventListener('abort', onAbort, { once: true });
      queue.push(task);
      this.#startNext();
    });
  }

  async close(): Promise<void> {
    const reason = new GatewayError('unavailable', 'The gateway is shutting down.');
    const tasks = [
      ...this.#lastResorts.drain(),
      ...this.#waiting.drain(),
      ...this.#setBack.drain(),
      ...this.#runs.keys(),
    ];
    for (const { stop } of [...this.#runs.values()]) stop();
    for (const task of tasks) task.settle({ reason });
    await this.#threads.close();
  }

  /** Fills free threads; where all are taken by slow jobs and others wait, one of those makes room. */
  #startNext(): void {
    for (;;) {
      const slow = this.#slowRuns();
      if (this.#runs.size >= this.#settings.workers) {
        if (slow.length <= this.#mostSlow || this.#waiting.size + this.#lastResorts.size === 0) return;
        const run = leastEntitled(slow);
        if (!run) return;
        run.stop();
        this.#setBack.push(run.task);
      }
      const lastResort = this.#lastResorts.take();
      if (lastResort) {
        this.#start(lastResort, false);
        continue;
      }
      const mayGoOn = (caller: string) => countOf(slow, caller) < Math.max(1, this.#mostSlow - 1);
      const second = slow.length < this.#mostSlow ? this.#setBack.take(mayGoOn) : undefined;
      const next = second ?? this.#waiting.take();
      if (!next) return;
      this.#start(next, second !== undefined);
    }
  }

  #slowRuns(): Run[] {
    return [...this.#runs.values()].filter(({ isSlow }) => isSlow);
  }

  #start(task: Task, isSecond: boolean): void {
    const worker = this.#threads.take();
    const { convertTimeoutMs: deadlineMs, tooSlow = conversionTooSlow } = this.#settings;
    const run: Run = { task, isSlow: isSecond, mayYield: !isSecond && !isLastResort(task.job), stop: () => stop() };
    let patience: NodeJS.Timeout | undefined;
    const onReply = (reply: Reply) => {
      if ('begun' in reply) {
        deadline.refresh();
        patience = setTimeout(onSlow, Math.min(slowMs, deadlineMs / 4));
        return;
      }
      leave();
      this.#threads.giveBack(worker);
      end(reply.ok ? { result: reply.result } : { reason: failureOf(reply) });
    };
    const kill = (reason: unknown) => {
      stop();
      end({ reason });
    };
    const onError = (error: Error) => kill(crashOf(error, task.job));
    const onExit = () => kill(new Error('a conversion worker ended by itself'));
    const leave = () => {
      clearTimeout(deadline);
      clearTimeout(patience);
      worker.off('message', onReply).off('error', onError).off('exit', onExit);
      this.#runs.delete(task);
    };
    const stop = () => {
      leave();
      this.#threads.end(worker);
    };
    const onSlow = () => {
      run.isSlow = true;
      this.#startNext();
    };
    const end = (outcome: Parameters<Task['settle']>[0]) => {
      task.settle(outcome);
      this.#startNext();
    };
    const deadline = setTimeout(() => kill(tooSlow(deadlineMs, task.job)), deadlineMs);
    this.#runs.set(task, run);
    worker.on('message', onReply).on('error', onError).on('exit', onExit);
    worker.postMessage(task.job);
  }
}

/** It goes before all others: its page has waited for a whole deadline, and it takes a moment. */
function isLastResort(job: Job): boolean {
  return job.task === 'strip';
}

function countOf(runs: readonly Run[], caller: string): number {
  return runs.filter(({ task }) => task.caller === caller).length;
}

/** Of those that may be set back, the one that began last of the caller who has most. */
function leastEntitled(slow: readonly Run[]): Run | undefined {
  let least: Run | undefined;
  for (const run of slow) {
    if (!run.mayYield) continue;
    if (!least || countOf(slow, run.task.caller) >= countOf(slow, least.task.caller)) least = run;
  }
  return least;
}
