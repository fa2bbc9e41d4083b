import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../../../src/core/errors.ts';
import type { Engine, EngineRows, ReadOnlyLimits } from '../../../../src/plugins/postgres/engine.ts';
import { openServerEngine } from '../../../../src/plugins/postgres/server/server-engine.ts';
import { parseTarget } from '../../../../src/plugins/postgres/server/target.ts';
import { recordingLog } from '../../../support/recording-log.ts';

/** An engine on that URL, with the pool of the default configuration unless told otherwise. */
export function openEngine(url: string, pool: { min?: number; max?: number; waitMs?: number } = {}): Engine {
  return openServerEngine({
    target: parseTarget(url),
    pool: { min: 2, max: 10, waitMs: 5000, ...pool },
    usualTimeoutMs: 10_000,
    log: recordingLog(),
  });
}

/** Runs a text as if the guard had passed it. */
export function run(
  engine: Engine,
  text: string,
  {
    params = [],
    signal = new AbortController().signal,
    ...limits
  }: Partial<ReadOnlyLimits> & { params?: (string | null)[]; signal?: AbortSignal } = {},
): Promise<EngineRows> {
  const statement = { kind: 'select', text, limitApplied: false, skipRows: 0 } as const;
  return engine.readOnly(
    statement,
    params,
    { maxRows: 100, maxBytes: 1_000_000, timeoutMs: 10_000, ...limits },
    signal,
  );
}

/** The GatewayError that a promise rejects with; anything else fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<GatewayError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** Waits until the check holds, for at most `ms`. */
export async function eventually(check: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`did not come about within ${ms} ms: ${check.toString()}`);
    await sleep(20);
  }
}
