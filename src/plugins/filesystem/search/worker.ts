import { parentPort, workerData } from 'node:worker_threads';
import { GatewayError } from '../../../core/errors.ts';
import { explain } from '../sandbox/failure.ts';
import { searchContent } from './content-search.ts';
import type { Job } from './job.ts';
import { searchNames } from './name-search.ts';
import { listTree } from './tree-listing.ts';

/** What the worker sends back for a job: its result, or an error that the caller may read. */
export type WorkerAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: { readonly code: string | undefined; readonly message: string } };

const heartbeat = new Int32Array(workerData as SharedArrayBuffer);
let beat = 0;

/** Odd while a piece of work runs that might never end, another number each time. */
function watch(busy: boolean): void {
  beat = (beat + 1) & 0x3fffffff;
  Atomics.store(heartbeat, 0, beat * 2 + (busy ? 1 : 0));
}

async function run(job: Job): Promise<unknown> {
  if (job.kind === 'names') return searchNames(job);
  if (job.kind === 'tree') return listTree(job);
  return searchContent(job, watch);
}

parentPort?.on('message', async (job: Job) => {
  let answer: WorkerAnswer;
  try {
    answer = { ok: true, result: await run(job) };
  } catch (thrown) {
    const error = explain(thrown, job.base.path);
    const message =
      error instanceof Error ? (error instanceof GatewayError ? error.message : String(error.stack)) : String(error);
    answer = { ok: false, error: { code: error instanceof GatewayError ? error.code : undefined, message } };
  }
  parentPort?.postMessage(answer);
});
