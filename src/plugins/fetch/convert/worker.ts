import { parentPort } from 'node:worker_threads';
import { GatewayError, type GatewayErrorCode } from '../../../core/errors.ts';
import type { Job } from './job.ts';
import { loadLibraries, runJob } from './run-job.ts';

/** What a worker says: that it has begun, with its libraries loaded; then the result, or why there is none. An error without a code is a defect. */
export type Reply =
  | { readonly begun: true }
  | { readonly ok: true; readonly result: unknown }
  | {
      readonly ok: false;
      readonly code: GatewayErrorCode | undefined;
      readonly message: string;
      readonly stack: string | undefined;
    };

const port = parentPort;
if (port) {
  port.on('message', (job: Job) => {
    doJob(job).then(
      (result) => port.postMessage({ ok: true, result } satisfies Reply),
      (error: unknown) => port.postMessage(failure(error)),
    );
  });
}

async function doJob(job: Job): Promise<unknown> {
  await loadLibraries(job);
  port?.postMessage({ begun: true } satisfies Reply);
  return runJob(job);
}

function failure(error: unknown): Reply {
  if (error instanceof GatewayError) return { ok: false, code: error.code, message: error.message, stack: error.stack };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { ok: false, code: undefined, message, stack };
}
