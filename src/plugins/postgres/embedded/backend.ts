import { GatewayError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import type { EngineRows, EngineState } from '../engine.ts';
import { sqlError } from '../sql-error.ts';
import { CallQueue } from './call-queue.ts';
import type { DataFolder } from './data-folder.ts';
import type { Answer } from './messages.ts';
import { howToConnect } from './notice.ts';
import { abortError, PendingCall, type Request } from './pending-call.ts';
import { type StartTimes, Supervisor } from './supervisor.ts';

/** All in milliseconds. */
export interface BackendTimes extends StartTimes {
  /** How long a call waits for its turn at most. */
  readonly waitMs: number;
  /** How long a statement may go on after its caller has gone, before the worker is ended for it. */
  readonly abortGraceMs: number;
  /** After so long without a call the worker is stopped, and its memory freed, until the next one. */
  readonly idleStopMs: number;
}

export const defaultTimes: BackendTimes = {
  startMs: 60_000,
  retryMs: 30_000,
  waitMs: 10_000,
  abortGraceMs: 250,
  idleStopMs: 600_000,
};

/** A worker whose memory grew beyond this is stopped when nobody waits: WebAssembly memory never shrinks. */
const bloatedBytes = 256 * 1024 * 1024;

/** SQLSTATEs that say that files of the database are gone or broken: undefined_file, io_error, data_ and index_corrupted. */
const lostFiles = new Set(['58P01', '58030', 'XX001', 'XX002']);

interface Running {
  readonly id: number;
  readonly call: PendingCall;
  /** Its deadline, and the end of its grace once its caller has gone. */
  readonly timers: NodeJS.Timeout[];
}

/**
 * PGlite's one backend behind a queue. It blocks its thread and knows no timeout, so a statement is stopped by ending the
 * worker, which loses nothing that was committed; those who wait are served by the next one.
 */
export class Backend {
  readonly #supervisor: Supervisor;
  readonly #times: BackendTimes;
  readonly #queue = new CallQueue();
  #running: Running | undefined;
  #idle: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor(folder: DataFolder, log: Log, times: BackendTimes) {
    this.#times = times;
    this.#supervisor = new Supervisor(folder, log, times, {
      up: () => this.#pump(),
      down: () => this.#refuseWaiting(),
      answered: (answer) => this.#answered(answer),
      crashed: (reason) => this.#crashed(reason),
    });
  }

  get state(): EngineState {
    return this.#supervisor.state;
  }

  /** Runs one statement when its turn comes. */
  run(request: Request, signal: AbortSignal | undefined): Promise<EngineRows> {
    if (signal?.aborted) return Promise.reject(abortError(signal.reason));
    if (!this.#supervisor.wake()) return Promise.reject(this.#supervisor.unavailable);
    const call = new PendingCall(request, signal, () => this.#abandon(call));
    if (this.#queue.add(call)) {
      call.wait(this.#times.waitMs, () => this.#late(call));
      this.#supervisor.hold(true);
      this.#pump();
    } else {
      call.fail(busy('too many calls wait for it'));
    }
    return call.result;
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const running = this.#endRunning();
    const closed = this.#supervisor.close(running === undefined);
    running?.fail(this.#supervisor.unavailable);
    this.#refuseWaiting();
    await closed;
  }

  /** Gives the worker the next call if it is free; otherwise lets it rest. */
  #pump(): void {
    if (!this.#supervisor.isUp || this.#running) return;
    clearTimeout(this.#idle);
    const call = this.#queue.next();
    this.#supervisor.hold(call !== undefined);
    if (!call) {
      this.#idle = setTimeout(() => this.#supervisor.sleep(), this.#times.idleStopMs).unref();
      return;
    }
    call.begin();
    const id = ++this.#lastId;
    const deadline = setTimeout(() => this.#overdue(), call.request.timeoutMs);
    this.#running = { id, call, timers: [deadline] };
    this.#supervisor.run(id, call.request.statement);
  }

  #answered(answer: Answer): void {
    if (this.#running?.id !== answer.id) return;
    const call = this.#endRunning();
    if (answer.kind === 'refused' && lostFiles.has(answer.error.code)) {
      this.#lost(call, answer.error.message);
      return;
    }
    if (answer.kind === 'rows') call?.succeed(answer.rows);
    else call?.fail(sqlError(answer.error, call.request.timeoutMs));
    if (answer.memoryBytes > bloatedBytes && this.#queue.size === 0) this.#supervisor.sleep();
    else this.#pump();
  }

  /** No statement of its own is to blame, and none would fare better: the database is opened again for those who wait. */
  #lost(call: PendingCall | undefined, reason: string): void {
    const failed = `The embedded database lost files of its data folder (${reason}). It is being opened again; try again in a few seconds.`;
    call?.fail(new GatewayError('unavailable', failed));
    this.#supervisor.lost(reason);
  }

  #late(call: PendingCall): void {
    this.#queue.remove(call);
    const why = `none of those before this one ended within ${this.#times.waitMs} ms`;
    call.fail(this.#supervisor.isUp ? busy(why) : this.#supervisor.unavailable);
  }

  #overdue(): void {
    const call = this.#endRunning();
    const fields = { code: '57014', message: 'canceling statement due to statement timeout' };
    call?.fail(sqlError(fields, call.request.timeoutMs));
    this.#supervisor.restart('a statement that ran too long was stopped');
  }

  /** The caller has gone. A catalog read is soon over; a caller's statement gets a moment, so that a burst of cancelled small ones costs no restart. */
  #abandon(call: PendingCall): void {
    this.#queue.remove(call);
    if (this.#running?.call !== call || call.request.kind === 'catalog') return;
    const stop = setTimeout(() => {
      this.#endRunning();
      this.#supervisor.restart('a statement that nobody waits for was stopped');
    }, this.#times.abortGraceMs);
    this.#running.timers.push(stop);
  }

  #crashed(reason: string): void {
    const failed = `The embedded database failed while it ran this statement (${reason}). It is being started again; ask in another way.`;
    this.#endRunning()?.fail(new GatewayError('unavailable', failed));
    if (this.#queue.size > 0) this.#supervisor.wake();
  }

  #refuseWaiting(): void {
    for (const call of this.#queue.drain()) call.fail(this.#supervisor.unavailable);
  }

  /** Frees the worker's slot and hands over the call that was in it. */
  #endRunning(): PendingCall | undefined {
    const running = this.#running;
    this.#running = undefined;
    for (const timer of running?.timers ?? []) clearTimeout(timer);
    return running?.call;
  }
}

function busy(why: string): GatewayError {
  return new GatewayError(
    'busy',
    `The embedded database runs one statement at a time, and ${why}. Try again in a few seconds. ${howToConnect}`,
  );
}
