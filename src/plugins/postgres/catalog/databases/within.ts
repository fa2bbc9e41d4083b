import { GatewayError } from '../../../../core/errors.ts';

/**
 * Runs `work` for at most `ms`, then aborts its signal and rejects with `timeout`, whether or not the work heeds it.
 * For a call that asks several databases: one that hangs must not take the others' answers with it.
 */
export function within<T>(ms: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const both = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  return new Promise<T>((resolve, reject) => {
    const stop = () =>
      reject(signal.aborted ? signal.reason : new GatewayError('timeout', `No answer within ${ms / 1000} s.`));
    if (both.aborted) return stop();
    both.addEventListener('abort', stop, { once: true });
    work(both).then(resolve, reject);
  });
}
