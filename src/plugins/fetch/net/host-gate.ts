import { setTimeout as sleep } from 'node:timers/promises';
import { FairQueue, type Place } from '../fair-queue.ts';

/** After this a request gives its place to another, and goes on. */
const slowMs = 3000;

/** Who wants through, and until when. */
interface Comer {
  readonly caller: string;
  readonly signal: AbortSignal;
}

interface Turn extends Place {
  come(): void;
}

interface Lane {
  running: number;
  /** Requests that go on after they gave up their places. */
  slow: number;
  /** How many of those are of each caller who has any. */
  readonly byCaller: Map<string, number>;
  nextStart: number;
  readonly waiting: FairQueue<Turn>;
}

/**
 * Holds back requests to one host: so many at once, and so far apart. Hosts never wait for one another, and callers are
 * served in turn: one of them has at most all places of a host but one, so pages that hang keep out nobody else. A request
 * that takes long makes room for another, until as many as there are places have done so: who waits behind pages that
 * drip does not wait for their end.
 */
export class HostGate {
  readonly #lanes = new Map<string, Lane>();
  readonly #concurrency: number;
  readonly #delayMs: number;

  constructor(concurrency: number, delayMs: number) {
    this.#concurrency = concurrency;
    this.#delayMs = delayMs;
  }

  /** Runs `work` when its turn has come; rejects with the signal's reason where that aborts while waiting. */
  async through<T>(host: string, { caller, signal }: Comer, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(host) ?? {
      running: 0,
      slow: 0,
      byCaller: new Map(),
      nextStart: 0,
      waiting: new FairQueue(),
    };
    this.#lanes.set(host, lane);
    await this.#turn(lane, caller, signal);
    let leaves = () => count(lane, caller, -1);
    let timer: NodeJS.Timeout | undefined;
    try {
      await this.#pace(lane, signal);
      timer = setTimeout(() => {
        if (lane.slow >= this.#concurrency) return;
        leaves();
        lane.slow++;
        leaves = () => lane.slow--;
        this.#startNext(lane);
      }, slowMs);
      return await work();
    } finally {
      clearTimeout(timer);
      leaves();
      this.#startNext(lane);
      if (isIdle(lane)) this.#lanes.delete(host);
      if (this.#lanes.size > 1000) this.#forgetIdle();
    }
  }

  #turn(lane: Lane, caller: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const come = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const turn: Turn = { caller, lane: '', come };
      const leave = () => {
        lane.waiting.remove(turn);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      lane.waiting.push(turn);
      this.#startNext(lane);
    });
  }

  #startNext(lane: Lane): void {
    const mostOfOne = Math.max(1, this.#concurrency - 1);
    while (lane.running < this.#concurrency) {
      const next = lane.waiting.take((caller) => (lane.byCaller.get(caller) ?? 0) < mostOfOne);
      if (!next) return;
      count(lane, next.caller, 1);
      next.come();
    }
  }

  async #pace(lane: Lane, signal: AbortSignal): Promise<void> {
    if (this.#delayMs === 0) return;
    const now = Date.now();
    const start = Math.max(now, lane.nextStart);
    lane.nextStart = start + this.#delayMs;
    if (start > now) await sleep(start - now, undefined, { signal });
  }

  #forgetIdle(): void {
    for (const [host, lane] of this.#lanes) {
      if (isIdle(lane)) this.#lanes.delete(host);
    }
  }
}

function isIdle({ running, slow, nextStart }: Lane): boolean {
  return running === 0 && slow === 0 && nextStart <= Date.now();
}

function count(lane: Lane, caller: string, change: 1 | -1): void {
  lane.running += change;
  const own = (lane.byCaller.get(caller) ?? 0) + change;
  if (own > 0) lane.byCaller.set(caller, own);
  else lane.byCaller.delete(caller);
}
