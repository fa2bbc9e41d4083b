import { Deadline } from '../../../core/deadline.ts';
import type { EngineRows } from '../engine.ts';
import { CollectedRows, type RowBounds } from './collected-rows.ts';
import type { Connection } from './connection.ts';
import { Stop } from './stop.ts';

/** One statement and its bounds. */
export interface Work extends RowBounds {
  /** Whether the statement itself gives no more than the rows that may be read. */
  readonly limited: boolean;
  readonly text: string;
  readonly params: readonly (string | null)[];
  readonly timeoutMs: number;
}

/** How long a rollback may take before its connection is thrown away. */
const rollbackMs = 3000;
/** How long the server may take to open a transaction before the connection counts as dead. */
const beginMs = 5000;

/** The transaction could not even be opened, so the statement did not run. */
export class NotBegun extends Error {
  override readonly name = 'NotBegun';
}

/**
 * Runs one statement in a read-only transaction that is always rolled back, the latter after the answer is on its way:
 * `onEnd` says when the connection is done, and whether it may be used again.
 * Rejects with NotBegun, with the driver's error, or with a GatewayError where the gateway itself stopped the statement.
 */
export async function runReadOnly(
  connection: Connection,
  work: Work,
  signal: AbortSignal | undefined,
  onEnd: (reusable: boolean) => void,
): Promise<EngineRows> {
  const stop = new Stop(connection, work.timeoutMs, signal);
  const collected = new CollectedRows(work);
  let ended: Promise<boolean> | undefined;
  try {
    // Sent in one go, rollback and all: every connection has shown at its start that it opens transactions, and where that
    // fails half-way the server refuses everything until the rollback.
    const begun = begin(connection, work.timeoutMs);
    const portalRows = work.limited ? Number.POSITIVE_INFINITY : work.skipRows + work.maxRows + 1;
    const rows = connection.query(work.text, work.params, portalRows, collected.add);
    rows.catch(() => undefined); // where opening fails, its error is the one to tell
    ended = connection.endTransaction();
    ended.catch(() => undefined); // looked at in finish
    await begun;
    connection.meter.allow(work.maxBytes);
    return collected.whole(await rows, connection.takeNotices());
  } catch (error) {
    if (stop.reason) throw stop.reason;
    if (connection.meter.exceeded) return collected.cutByBytes(connection.takeNotices());
    throw error;
  } finally {
    stop.end();
    void finish(connection, ended, stop.reason !== undefined).then(onEnd);
  }
}

async function begin(connection: Connection, timeoutMs: number): Promise<void> {
  const deadline = deadlineOf(connection, beginMs);
  try {
    await connection.openTransaction(timeoutMs);
  } catch (cause) {
    throw new NotBegun('the transaction was not opened', { cause });
  } finally {
    deadline.stop();
  }
}

/** Waits for the rollback, and says whether the connection is as it was before. */
async function finish(connection: Connection, ended: Promise<boolean> | undefined, stopped: boolean): Promise<boolean> {
  // A cancel request that comes late would hit the next statement, so a stopped connection is not used again.
  if (stopped || !connection.alive || connection.meter.exceeded) {
    connection.destroy();
    return false;
  }
  const deadline = deadlineOf(connection, rollbackMs);
  try {
    if (await ended) return connection.alive;
  } catch {
    // whatever went wrong, a connection that cannot roll back is of no further use
  } finally {
    deadline.stop();
  }
  connection.destroy();
  return false;
}

/** A connection that is destroyed unless it is done in time. Not a timer of its own: three for each call would show. */
function deadlineOf(connection: Connection, ms: number): Deadline {
  const deadline = new Deadline(ms, () => connection.destroy());
  deadline.start();
  return deadline;
}
