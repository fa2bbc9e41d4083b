import { GatewayError } from '../../core/errors.ts';
import type { Health } from '../../core/plugin.ts';
import type { Database } from './deps.ts';
import type { EngineState } from './engine.ts';

/** How long a server has to answer: less than the gateway waits for a plugin's health. */
const answerMs = 1500;

interface DatabaseHealth {
  readonly state: EngineState['is'];
  readonly target: string;
  readonly reason?: string;
  readonly note?: string;
  readonly latency_ms?: number;
}

/** Asks every database for a sign of life; one that is down or silent makes the plugin degraded, with the reason. */
export async function checkHealth(databases: readonly Database[]): Promise<Health> {
  const checks = await Promise.all(databases.map(async (database) => [database.id, await check(database)] as const));
  const ailing = checks.filter(([, { state }]) => state !== 'up');
  return {
    status: ailing.length === 0 ? 'healthy' : 'degraded',
    ...(ailing.length === 0 ? {} : { reason: ailing.map(([id, { reason }]) => `${id}: ${reason}`).join('; ') }),
    checks: Object.fromEntries(checks),
  };
}

async function check({ engine }: Database): Promise<DatabaseHealth> {
  const state = engine.state();
  const known = { target: engine.target, ...(engine.notice ? { note: engine.notice() } : {}) };
  if (state.is === 'down') return { ...known, state: 'down', reason: `${state.reason}. ${state.fix}` };
  if (state.is === 'starting') return { ...known, state: 'starting', reason: state.reason };
  // The embedded database has one backend: a question to it would wait behind whatever runs, and wake it from its sleep.
  if (engine.kind === 'embedded') return { ...known, state: 'up' };
  const startedAt = performance.now();
  try {
    await engine.catalog('SELECT 1', [], AbortSignal.timeout(answerMs));
    return { ...known, state: 'up', latency_ms: Math.round((performance.now() - startedAt) * 10) / 10 };
  } catch (error) {
    const reason =
      error instanceof GatewayError && error.code !== 'cancelled' ? error.message : `no answer within ${answerMs} ms`;
    return { ...known, state: 'down', reason };
  }
}
