import { Bag, type Bagged } from './bag.ts';

/** How late a deadline may be noticed. */
const tickMs = 20;

const running = new Bag<Deadline>();
let timer: NodeJS.Timeout | undefined;

function tick(): void {
  const now = performance.now();
  for (const deadline of running.all) deadline.expireBy(now);
  if (running.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

/**
 * The time a call may take, as a clock that can stand still. One timer looks after all of them: most calls end long
 * before their deadline, and a timer for each costs more than the rest of a small call's bookkeeping.
 */
export class Deadline implements Bagged {
  place = -1;
  readonly #expire: () => void;
  #remainingMs: number;
  #expiresAt = Number.POSITIVE_INFINITY;
  #waiters = 0;
  #isStarted = false;

  /** `expire` is called once, up to 20 ms after `ms` milliseconds of running time. */
  constructor(ms: number, expire: () => void) {
    this.#remainingMs = ms;
    this.#expire = expire;
  }

  start(): void {
    this.#isStarted = true;
    this.#run();
  }

  /** For good: a deadline that was met is not used again. */
  stop(): void {
    this.#isStarted = false;
    running.remove(this);
  }

  pause(): void {
    if (this.#waiters++ > 0 || !running.remove(this)) return;
    this.#remainingMs = this.#expiresAt - performance.now();
  }

  resume(): void {
    this.#waiters -= 1;
    this.#run();
  }

  expireBy(now: number): void {
    if (this.place === -1 || now < this.#expiresAt) return;
    this.stop();
    this.#expire();
  }

  #run(): void {
    if (!this.#isStarted || this.#waiters > 0) return;
    this.#expiresAt = performance.now() + this.#remainingMs;
    running.add(this);
    timer ??= setInterval(tick, tickMs);
  }
}
