import type { CallOutcome, CallRecord } from './call-record.ts';

/** Upper bounds of the duration histogram, in milliseconds; what is above the last counts towards none but `+Inf`. */
export const durationBoundsMs = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000] as const;

/** What was counted of one tool. */
export interface ToolCounts {
  readonly outcomes: ReadonlyMap<CallOutcome, number>;
  /** Calls whose duration fell between this bound and the one before; one more than there are bounds. */
  readonly durations: readonly number[];
  readonly totalMs: number;
}

/** Why a request was turned away before any endpoint saw it; `address` is its Host, Origin or target. */
export type Refusal = 'headers' | 'address' | 'key' | 'rate';

/** Counters since the start. Counting is an addition or two, because every request does it; the reading side is http/metrics. */
export class Metrics {
  readonly startedAt = Date.now();
  readonly #tools = new Map<string, Map<string, Counts>>();
  readonly #requests = new Map<string, { ok: number; error: number }>();
  readonly #refusals = new Map<Refusal, number>();

  readonly countCall = ({ plugin, tool, outcome, ms }: CallRecord): void => {
    this.#countsOf(plugin, tool ?? '').add(outcome, ms);
  };

  /** `method` must be one of the protocol's: a name that a caller made up would be kept for ever. */
  countRequest(method: string, outcome: 'ok' | 'error'): void {
    let counts = this.#requests.get(method);
    if (!counts) {
      counts = { ok: 0, error: 0 };
      this.#requests.set(method, counts);
    }
    counts[outcome] += 1;
  }

  countRefusal(reason: Refusal): void {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
  }

  /** By plugin and tool; the tool is empty for calls of tools that do not exist. */
  get tools(): ReadonlyMap<string, ReadonlyMap<string, ToolCounts>> {
    return this.#tools;
  }

  get requests(): ReadonlyMap<string, { readonly ok: number; readonly error: number }> {
    return this.#requests;
  }

  get refusals(): ReadonlyMap<Refusal, number> {
    return this.#refusals;
  }

  #countsOf(plugin: string, tool: string): Counts {
    let ofPlugin = this.#tools.get(plugin);
    if (!ofPlugin) {
      ofPlugin = new Map();
      this.#tools.set(plugin, ofPlugin);
    }
    let counts = ofPlugin.get(tool);
    if (!counts) {
      counts = new Counts();
      ofPlugin.set(tool, counts);
    }
    return counts;
  }
}

class Counts implements ToolCounts {
  readonly outcomes = new Map<CallOutcome, number>();
  readonly durations: number[] = new Array(durationBoundsMs.length + 1).fill(0);
  totalMs = 0;

  add(outcome: CallOutcome, ms: number): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    this.totalMs += ms;
    let place = 0;
    for (const bound of durationBoundsMs) {
      if (ms <= bound) break;
      place += 1;
    }
    this.durations[place] = (this.durations[place] ?? 0) + 1;
  }
}
