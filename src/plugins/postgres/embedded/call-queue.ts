import type { PendingCall } from './pending-call.ts';

const maxWaiting = { catalog: 200, caller: 100 };

/** Calls that wait for the one backend: the gateway's own catalog reads first, then callers in their order. Bounded. */
export class CallQueue {
  readonly #waiting = { catalog: new Set<PendingCall>(), caller: new Set<PendingCall>() };

  get size(): number {
    return this.#waiting.catalog.size + this.#waiting.caller.size;
  }

  /** False where as many wait already as may. */
  add(call: PendingCall): boolean {
    const line = this.#waiting[call.request.kind];
    if (line.size >= maxWaiting[call.request.kind]) return false;
    line.add(call);
    return true;
  }

  remove(call: PendingCall): void {
    this.#waiting[call.request.kind].delete(call);
  }

  /** Takes the call whose turn it is. */
  next(): PendingCall | undefined {
    for (const line of [this.#waiting.catalog, this.#waiting.caller]) {
      for (const call of line) {
        line.delete(call);
        return call;
      }
    }
    return undefined;
  }

  /** Takes all of them. */
  drain(): PendingCall[] {
    const all = [...this.#waiting.catalog, ...this.#waiting.caller];
    this.#waiting.catalog.clear();
    this.#waiting.caller.clear();
    return all;
  }
}
