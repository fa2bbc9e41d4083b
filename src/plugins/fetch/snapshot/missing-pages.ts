/** How long a site is not asked again for what it said it does not have: long enough for a model that tries again at once. */
const longestMs = 10_000;
const most = 1000;

/** What sites said a moment ago that they do not have. */
export class MissingPages {
  readonly #known = new Map<string, { readonly status: number; readonly at: number }>();

  /** Remembers 404 and 410; every other status may be another in the next moment. */
  remember(key: string, status: number): void {
    if (status !== 404 && status !== 410) return;
    this.#known.delete(key);
    this.#known.set(key, { status, at: Date.now() });
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > most && oldest !== undefined) this.#known.delete(oldest);
  }

  forget(key: string): void {
    this.#known.delete(key);
  }

  /** The status that was answered less than `maxAgeMs` ago, or after `begun` (milliseconds since the epoch). */
  statusOf(key: string, maxAgeMs: number, begun: number): number | undefined {
    const known = this.#known.get(key);
    if (!known) return undefined;
    const age = Date.now() - known.at;
    const isRecent = age >= 0 && age < Math.min(maxAgeMs, longestMs);
    return isRecent || known.at > begun ? known.status : undefined;
  }
}
