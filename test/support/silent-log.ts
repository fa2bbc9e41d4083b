import type { Log } from '../../src/core/log.ts';

/** A log that keeps what it was told, for tests that look at it. */
export function recordingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (fields: object, message?: string) => void lines.push(JSON.stringify({ ...fields, message }));
  return { lines, debug: keep, info: keep, warn: keep, error: keep, child: () => recordingLog() };
}
