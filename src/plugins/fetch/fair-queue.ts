/** Where an item stands: `caller` has it queued, in a `lane` of things that are likely to take as long as one another. */
export interface Place {
  readonly caller: string;
  readonly lane: string;
}

/**
 * Takes from each caller in turn, and from each lane of a caller in turn; in a lane, who came first. So nobody waits for
 * all that another has queued, and what is quickly done not for all the slow things before it.
 */
export class FairQueue<T extends Place> {
  /** In the order in which callers, and lanes of a caller, are served next. */
  readonly #callers = new Map<string, Map<string, T[]>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  sizeOf(caller: string): number {
    let size = 0;
    for (const lane of this.#callers.get(caller)?.values() ?? []) size += lane.length;
    return size;
  }

  push(item: T): void {
    const lanes = this.#callers.get(item.caller) ?? new Map<string, T[]>();
    const lane = lanes.get(item.lane) ?? [];
    lane.push(item);
    lanes.set(item.lane, lane);
    this.#callers.set(item.caller, lanes);
    this.#size++;
  }

  /** The next item of the first caller in turn that `mayGo`. */
  take(mayGo: (caller: string) => boolean = () => true): T | undefined {
    for (const [caller, lanes] of this.#callers) {
      if (!mayGo(caller)) continue;
      for (const [name, lane] of lanes) {
        const item = lane.shift();
        turn(lanes, name, lane, lane.length > 0);
        turn(this.#callers, caller, lanes, lanes.size > 0);
        if (item !== undefined) this.#size--;
        return item;
      }
    }
    return undefined;
  }

  /** Whether the item was still waiting. */
  remove(item: T): boolean {
    const lanes = this.#callers.get(item.caller);
    const lane = lanes?.get(item.lane);
    const at = lane?.indexOf(item) ?? -1;
    if (!lanes || !lane || at === -1) return false;
    lane.splice(at, 1);
    if (lane.length === 0) lanes.delete(item.lane);
    if (lanes.size === 0) this.#callers.delete(item.caller);
    this.#size--;
    return true;
  }

  /** Takes everything. */
  drain(): T[] {
    const all = [...this.#callers.values()].flatMap((lanes) => [...lanes.values()].flat());
    this.#callers.clear();
    this.#size = 0;
    return all;
  }
}

/** Puts an entry last, or away. */
function turn<V>(map: Map<string, V>, key: string, value: V, isKept: boolean): void {
  map.delete(key);
  if (isKept) map.set(key, value);
}
