import { setTimeout as sleep } from 'node:timers/promises';

interface Lane {
  running: number;
  nextStart: number;
  readonly waiting: (() => void)[];
}

/** Holds back requests to one host: so many at once, and so far apart. Hosts never wait for one another. */
export class HostGate {
  readonly #lanes = new Map<string, Lane>();
  readonly #concurrency: number;
  readonly #delayMs: number;

  constructor(concurrency: number, delayMs: number) {
    this.#concurrency = concurrency;
    this.#delayMs = delayMs;
  }

  /** Runs `work` when its turn has come; rejects with the signal's reason where that aborts while waiting. */
  async through<T>(host: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(host) ?? { running: 0, nextStart: 0, waiting: [] };
    this.#lanes.set(host, lane);
    if (lane.running >= this.#concurrency) await turn(lane, signal);
    else lane.running++;
    try {
      await this.#pace(lane, signal);
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next) next();
      else if (--lane.running === 0 && lane.nextStart <= Date.now()) this.#lanes.delete(host);
      if (this.#lanes.size > 1000) this.#forgetIdle();
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
      if (lane.running === 0 && lane.nextStart <= Date.now()) this.#lanes.delete(host);
    }
  }
}

/** Waits for a slot to be handed over; the one who leaves hands it on, so `running` stays as it is. */
function turn(lane: Lane, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = () => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = () => {
      lane.waiting.splice(lane.waiting.indexOf(give), 1);
      reject(signal.reason);
    };
    if (signal.aborted) return reject(signal.reason);
    lane.waiting.push(give);
    signal.addEventListener('abort', leave, { once: true });
  });
}
