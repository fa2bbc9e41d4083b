import { GatewayError } from '../../../core/errors.ts';
import type { Job } from './job.ts';
import type { Reply } from './worker.ts';

/** The error that a worker reported; one without a code is a defect. */
export function failureOf(reply: Extract<Reply, { ok: false }>): Error {
  if (reply.code !== undefined) return new GatewayError(reply.code, reply.message);
  const error = new Error(reply.message);
  if (reply.stack !== undefined) error.stack = reply.stack;
  return error;
}

/** What a caller is told of a worker that broke: `too_large` where its memory was too small for the page. */
export function crashOf(error: Error, job: Job): Error {
  if (!('code' in error) || error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new GatewayError(
    'too_large',
    `${subjectOf(job)} needs more memory than a conversion may use. ${adviceOn(job)}`,
    { cause: error },
  );
}

export function conversionTooSlow(ms: number, job: Job): GatewayError {
  const done = job.task === 'document' || job.task === 'strip' ? 'converted' : 'read';
  return new GatewayError(
    'timeout',
    `${subjectOf(job)} was not ${done} after ${ms} ms (plugins.fetch.convertTimeoutMs). ${adviceOn(job)}`,
  );
}

function subjectOf({ task }: Job): string {
  return task === 'feed' ? 'The feed' : task === 'sitemap' ? 'The sitemap' : 'The page';
}

/** What the tool that gives such a job, or another one, can do instead. */
function adviceOn({ task }: Job): string {
  switch (task) {
    case 'document':
    case 'strip':
      return 'Ask for a selector, for raw: true, or for another page.';
    case 'find':
      return 'Read it with fetch, a part at a time.';
    default:
      return 'Read it with fetch and raw: true, a part at a time.';
  }
}
