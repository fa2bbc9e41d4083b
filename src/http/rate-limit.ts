/** How many requests a caller may make: `perMinute` on average, `burst` at once. */
export interface Rate {
  readonly perMinute: number;
  readonly burst: number;
}

/** What a request left of its caller's allowance. */
export interface Allowance {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the next request is allowed; 0 where this one was. */
  readonly retryAfter: number;
  /** Seconds until the whole burst is there again. */
  readonly reset: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Callers remembered at most; a full bucket is forgotten first, since a new one is the same. */
const maxCallers = 10_000;

/** A token bucket for each caller: a key, or an address where the gateway runs without keys. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes `count` requests at once, or none of them. */
  take(caller: string, count = 1, now = Date.now()): Allowance {
    const { burst, perMinute } = this.#rate;
    const perMs = perMinute / 60_000;
    const bucket = this.#bucketOf(caller, now);
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.filledAt) * perMs);
    bucket.filledAt = now;
    const allowed = bucket.tokens >= count;
    if (allowed) bucket.tokens -= count;
    return {
      allowed,
      limit: burst,
      remaining: Math.floor(bucket.tokens),
      retryAfter: allowed ? 0 : Math.max(1, Math.ceil((count - bucket.tokens) / perMs / 1000)),
      reset: Math.ceil((burst - bucket.tokens) / perMs / 1000),
    };
  }

  #bucketOf(caller: string, now: number): Bucket {
    let bucket = this.#buckets.get(caller);
    if (!bucket) {
      if (this.#buckets.size >= maxCallers) this.#forget(now);
      bucket = { tokens: this.#rate.burst, filledAt: now };
      this.#buckets.set(caller, bucket);
    }
    return bucket;
  }

  /** Drops the buckets that are full again, or the oldest where none is. */
  #forget(now: number): void {
    const fullAfter = (this.#rate.burst / this.#rate.perMinute) * 60_000;
    for (const [caller, { filledAt }] of this.#buckets) if (now - filledAt >= fullAfter) this.#buckets.delete(caller);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size >= maxCallers && oldest !== undefined) this.#buckets.delete(oldest);
  }
}
