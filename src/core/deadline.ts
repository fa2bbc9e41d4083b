/** How late a deadline may be noticed. */
const tickMs = 20;

/** In no order, so that one is taken out at no cost: the last takes its place. */
const running: Deadline[] = [];
let timer: NodeJS.Timeout | undefined;

function tick(): void {
  const now = performance.now();
  for (const deadline of [...running]) deadline.expireBy(now);
  if (running.length > 0) return;
  clearInterval(timer);
  timer = undefined;
}

/**
 * The time a call may take, as a clock that can stand still. One timer looks after all of them: most calls end long
 * before their deadline, and a timer for each costs more than the rest of a small call's bookkeeping.
 */
export class Deadline {
  readonly #expire: () => void;
  #remainingMs: number;
  #expiresAt = Number.POSITIVE_INFINITY;
  #waiters = 0;
  #place = -1;
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
    this.#leave();
  }

  pause(): void {
    if (this.#waiters++ > 0 || !this.#leave()) return;
    this.#remainingMs = this.#expiresAt - performance.now();
  }

  resume(): void {
    this.#waiters -= 1;
    this.#run();
  }

  expireBy(now: number): void {
    if (this.#place === -1 || now < this.#expiresAt) return;
    this.stop();
    this.#expire();
  }

  #run(): void {
    if (!this.#isStarted || this.#waiters > 0) return;
    this.#expiresAt = performance.now() + this.#remainingMs;
    this.#place = running.push(this) - 1;
    timer ??= setInterval(tick, tickMs);
  }

  /** Whether it was running. */
  #leave(): boolean {
    if (this.#place === -1) return false;
    const last = running.pop();
    if (last && last !== this) {
      last.#place = this.#place;
      running[this.#place] = last;
    }
    this.#place = -1;
    return true;
  }
}
