import { GatewayError } from '../../../core/errors.ts';
import type { Reply } from './worker.ts';

/** The error that a worker reported; one without a code is a defect. */
export function failureOf(reply: Extract<Reply, { ok: false }>): Error {
  if (reply.code !== undefined) return new GatewayError(reply.code, reply.message);
  const error = new Error(reply.message);
  if (reply.stack !== undefined) error.stack = reply.stack;
  return error;
}

/** What a caller is told of a worker that broke: `too_large` where its memory was too small for the page. */
export function crashOf(error: Error): Error {
  if (!('code' in error) || error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new GatewayError(
    'too_large',
    'The page needs more memory than a conversion may use. Ask for a selector, for raw: true, or for another page.',
    { cause: error },
  );
}

export function conversionTooSlow(ms: number): GatewayError {
  return new GatewayError(
    'timeout',
    `The page was not converted after ${ms} ms (plugins.fetch.convertTimeoutMs). Ask for a selector, for raw: true, or for another page.`,
  );
}
