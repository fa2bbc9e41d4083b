import { GatewayError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import type { EngineState } from '../engine.ts';
import type { DataFolder } from './data-folder.ts';
import { DatabaseWorker } from './database-worker.ts';
import type { Answer, FromWorker, OpenFailure, Place, Statement } from './messages.ts';
import { howToConnect } from './notice.ts';

/** All in milliseconds. */
export interface StartTimes {
  /** How long the database may take to open. */
  readonly startMs: number;
  /** How long calls are refused after it could not be opened, before that is tried again. */
  readonly retryMs: number;
}

export interface SupervisorEvents {
  /** It takes statements from now on. */
  up(): void;
  /** It could not be opened. */
  down(): void;
  answered(answer: Answer): void;
  /** It failed by itself, and whatever it was doing is lost; it sleeps until it is woken. */
  crashed(reason: string): void;
}

type Phase = EngineState | { readonly is: 'asleep' } | { readonly is: 'closed' };

/** Keeps one worker with the database in it: opens it where it can be opened, ends it, and starts the next one. */
export class Supervisor {
  readonly #folder: DataFolder;
  readonly #log: Log;
  readonly #times: StartTimes;
  readonly #events: SupervisorEvents;
  #phase: Phase = { is: 'asleep' };
  #worker: DatabaseWorker | undefined;
  #held = false;
  /** Whether it was opened again because files were lost. */
  #reopened = false;
  #opening: Promise<void> = Promise.resolve();
  /** The end of the last worker; the folder is not opened again before. */
  #ending: Promise<void> = Promise.resolve();
  #late: NodeJS.Timeout | undefined;
  #retryAt = 0;

  constructor(folder: DataFolder, log: Log, times: StartTimes, events: SupervisorEvents) {
    this.#folder = folder;
    this.#log = log;
    this.#times = times;
    this.#events = events;
    this.#start('it is being opened');
  }

  get state(): EngineState {
    if (this.#phase.is === 'asleep') return { is: 'up' }; // it wakes in less than a second
    if (this.#phase.is === 'closed')
      return { is: 'down', reason: 'the gateway is shutting down', fix: 'Start it again.' };
    return this.#phase;
  }

  get isUp(): boolean {
    return this.#phase.is === 'up';
  }

  /** What a call is answered with while it is not up. */
  get unavailable(): GatewayError {
    const { state } = this;
    const why =
      state.is === 'down'
        ? `is not available: ${state.reason}. ${state.fix}`
        : `is still starting${state.is === 'starting' ? ` (${state.reason})` : ''}. Try again in a few seconds.`;
    return new GatewayError('unavailable', `The embedded database ${why}`);
  }

  /** Starts it where it sleeps, or where it is down and due to be tried again. False where calls are to be refused. */
  wake(): boolean {
    const due = this.#phase.is === 'asleep' || (this.#phase.is === 'down' && performance.now() >= this.#retryAt);
    if (due) this.#start('it is being opened again');
    return this.#phase.is === 'up' || this.#phase.is === 'starting';
  }

  /** Gives an idle worker its next statement; only while `isUp`. */
  run(id: number, statement: Statement): void {
    this.#worker?.post({ kind: 'run', id, statement });
  }

  /** Whether the process must live on because calls wait for it. */
  hold(needed: boolean): void {
    this.#held = needed;
    this.#worker?.hold(needed);
  }

  /** Ends the worker whatever it is doing, and starts the next one. */
  restart(why: string): void {
    this.#kill();
    this.#start(`${why}, and it is being opened again`);
  }

  /** Files of its folder are gone or broken: opens what is there again and, where that was of no help, another place. */
  lost(reason: string): void {
    this.#log.error({ reason }, 'the embedded database lost files of its data folder');
    const inFolder = this.#worker?.place.kind === 'folder';
    this.#kill();
    if (inFolder && this.#reopened) this.#ending = this.#ending.then(() => this.#folder.damaged(reason));
    this.#reopened = true;
    this.#start(`files of its data folder were lost (${reason}), and it is being opened again`);
  }

  /** Lets an idle worker end, which frees its memory. */
  sleep(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#phase = { is: 'asleep' };
    this.#reopened = false;
    if (worker) this.#ending = worker.stop();
  }

  /** Ends it for good; `idle` says that nothing runs, so that it may end in its own time. */
  async close(idle: boolean): Promise<void> {
    if (idle && this.isUp) this.sleep();
    this.#phase = { is: 'closed' };
    clearTimeout(this.#late);
    this.#kill();
    await this.#opening;
    await this.#ending;
    await this.#folder.release();
  }

  #start(reason: string): void {
    if (this.#phase.is === 'closed') return;
    this.#phase = { is: 'starting', reason };
    this.#opening = this.#open().catch((error: unknown) => this.#down(String(error), howToConnect));
  }

  async #open(): Promise<void> {
    await this.#ending;
    const place = await this.#folder.place();
    if (this.#phase.is !== 'starting') return;
    const begun = performance.now();
    this.#worker = new DatabaseWorker(place, {
      message: (message) => this.#hear(message, place, begun),
      crashed: (reason) => this.#crashed(reason),
    });
    this.#worker.hold(this.#held);
    this.#late = setTimeout(() => {
      this.#kill();
      this.#down(`it did not start within ${this.#times.startMs} ms`, howToConnect);
    }, this.#times.startMs).unref();
  }

  #hear(message: FromWorker, place: Place, begun: number): void {
    if (message.kind === 'failed') {
      this.#failed(message.cause, message.reason);
    } else if (message.kind === 'up') {
      clearTimeout(this.#late);
      const milliseconds = Math.round(performance.now() - begun);
      this.#log.info({ place: place.kind, milliseconds }, 'the embedded database is up');
      this.#phase = { is: 'up' };
      this.#events.up();
    } else {
      this.#events.answered(message);
    }
  }

  /** A worker could not open its database: another place is tried where there is one. */
  #failed(cause: OpenFailure, reason: string): void {
    const inFolder = this.#worker?.place.kind === 'folder';
    clearTimeout(this.#late);
    this.#kill();
    if (cause === 'not-installed') {
      this.#down(
        'its optional package @electric-sql/pglite is not installed',
        `${howToConnect} Or install the package where the gateway is: npm install @electric-sql/pglite`,
      );
    } else if (inFolder) {
      this.#ending = this.#ending.then(() => this.#folder.failed(cause, reason));
      this.#start('its folder could not be opened, and another place is being tried');
    } else {
      this.#down(reason, howToConnect);
    }
  }

  #crashed(reason: string): void {
    if (this.#phase.is === 'starting') {
      this.#failed('other', reason);
      return;
    }
    this.#log.error({ reason }, 'the embedded database failed');
    this.#worker = undefined;
    this.#phase = { is: 'asleep' };
    this.#events.crashed(reason);
  }

  #down(reason: string, fix: string): void {
    if (this.#phase.is === 'closed') return;
    this.#phase = { is: 'down', reason, fix };
    this.#retryAt = performance.now() + this.#times.retryMs;
    this.#log.warn({ reason }, 'the embedded database is down');
    this.#events.down();
  }

  #kill(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker) this.#ending = worker.kill();
  }
}
