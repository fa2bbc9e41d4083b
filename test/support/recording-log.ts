import type { Log } from '../../src/core/log.ts';

/** A log that keeps its lines as JSON, for tests that look at what was logged. */
export function recordingLog(lines: string[] = []): Log & { readonly lines: readonly string[] } {
  const keep = (fields: object, message?: string) => void lines.push(JSON.stringify({ ...fields, message }));
  return { lines, debug: keep, info: keep, warn: keep, error: keep, child: () => recordingLog(lines) };
}
