import { GatewayError } from '../../../core/errors.ts';
import type { Asker } from '../asker.ts';
import type { Job, JobResults } from './job.ts';
import { WorkerPool } from './worker-pool.ts';

const expressionMs = 1000;
const expressionThreads = 2;
const jobs = 'regular expressions are waiting for their turn';

/**
 * The threads for foreign work: some for conversions, and two of their own for regular expressions, which callers write
 * and which may never end (the second is for those that do). However many are asked for, pages go on being converted.
 */
export class WorkerPools {
  readonly #conversions: WorkerPool;
  readonly #expressions: WorkerPool;

  constructor(settings: {
    readonly workers: number;
    readonly convertTimeoutMs: number;
    readonly workerMemoryMb: number;
  }) {
    this.#conversions = new WorkerPool(settings);
    this.#expressions = new WorkerPool({
      ...settings,
      ...{ workers: expressionThreads, convertTimeoutMs: expressionMs, tooSlow, jobs },
    });
  }

  /** Throws as `WorkerPool.run` does. */
  run<T extends Job['task']>(job: Extract<Job, { task: T }>, asker: Asker): Promise<JobResults[T]> {
    return (isExpression(job) ? this.#expressions : this.#conversions).run(job, asker);
  }

  async close(): Promise<void> {
    await Promise.all([this.#conversions.close(), this.#expressions.close()]);
  }
}

function isExpression(job: Job): boolean {
  return job.task === 'find' && job.regex;
}

function tooSlow(ms: number): GatewayError {
  return new GatewayError(
    'timeout',
    `The regular expression was not done with the page after ${ms} ms. Use a simpler one without nested repetition such as (a+)+, or plain words with regex: false.`,
  );
}
