import type { Log } from '../../../core/log.ts';
import { catalogRows } from '../catalog/row.ts';
import type { Engine, EngineRows } from '../engine.ts';
import { parameterText } from '../parameters.ts';
import { Availability } from './availability.ts';
import { openConnection } from './open-connection.ts';
import { Pool, type PoolLimits } from './pool.ts';
import { NotBegun, runReadOnly, type Work } from './run-read-only.ts';
import { isConnectionLoss, statementFailure } from './statement-failure.ts';
import type { ServerTarget } from './target.ts';

export interface ServerEngineOptions {
  readonly target: ServerTarget;
  /** For callers' statements; the gateway's own catalog reads have up to two connections beside them. */
  readonly pool: Pick<PoolLimits, 'min' | 'max' | 'waitMs'>;
  /** Milliseconds that most statements are given, which costs least; catalog reads are given as much. */
  readonly usualTimeoutMs: number;
  readonly log: Log;
}

/** Calls that may wait for each connection that there may be. */
const waitingPerConnection = 10;
const catalogPool: PoolLimits = { min: 1, max: 2, waitMs: 5000, maxWaiting: 100 };
const catalogBounds = { skipRows: 0, maxRows: 1_000_000, maxBytes: 33_554_432 };

/** Opens a database on a server. Returns at once: it connects in the background, and again whenever the server comes back. */
export function openServerEngine({ target, pool, usualTimeoutMs, log }: ServerEngineOptions): Engine {
  const shown = target.shown;
  let lastReason: string | undefined;
  let closing = false;
  const availability = new Availability(() => openConnection(target, usualTimeoutMs), {
    onUp: (connection) => {
      lastReason = undefined;
      log.info({ target: shown, version: connection.versionNum }, 'connected to the database');
      (catalog.size === 0 ? catalog : callers).adopt(connection);
      catalog.fill();
      callers.fill();
    },
    onDown: (outage) => {
      if (outage.reason !== lastReason && !closing)
        log.warn({ target: shown, reason: outage.reason }, 'the database is not available');
      lastReason = outage.reason;
      for (const each of [callers, catalog]) each.refuse(outage);
    },
  });
  const callers = new Pool(shown, { ...pool, maxWaiting: pool.max * waitingPerConnection }, availability);
  const catalog = new Pool(shown, catalogPool, availability);
  availability.start();

  async function attempt(from: Pool, work: Work, signal: AbortSignal | undefined): Promise<EngineRows> {
    const connection = await from.acquire(signal);
    return runReadOnly(connection, work, signal, (reusable) => from.release(connection, reusable));
  }

  async function run(from: Pool, work: Work, signal: AbortSignal | undefined): Promise<EngineRows> {
    try {
      return await attempt(from, work, signal);
    } catch (error) {
      // The connection had died unnoticed while it was idle, and nothing of the statement ran: one more try is owed.
      if (!(error instanceof NotBegun && isConnectionLoss(error.cause))) throw failure(error, work);
      from.dropIdle();
    }
    try {
      return await attempt(from, work, signal);
    } catch (error) {
      throw failure(error, work);
    }
  }

  const failure = (error: unknown, { timeoutMs }: Work) =>
    statementFailure(error instanceof NotBegun ? error.cause : error, shown, timeoutMs);

  return {
    kind: 'server',
    target: shown,
    state: () => availability.state,
    readOnly: (statement, params, limits, signal) =>
      run(
        callers,
        {
          text: statement.text,
          limited: statement.limitApplied && statement.skipRows === 0,
          params,
          skipRows: statement.skipRows,
          ...limits,
        },
        signal,
      ),
    catalog: async (sql, params, signal) => {
      const found = await run(
        catalog,
        { text: sql, limited: true, params: params.map(parameterText), ...catalogBounds, timeoutMs: usualTimeoutMs },
        signal,
      );
      return catalogRows(found);
    },
    close: async () => {
      closing = true;
      availability.close();
      callers.close();
      catalog.close();
    },
  };
}
