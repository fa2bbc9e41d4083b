/** What can be in one bag. */
export interface Bagged {
  /** Where in the bag it is; -1 outside. Only the bag writes it. */
  place: number;
}

/**
 * Things in no order, put in and taken out with every call: the last takes the place of what leaves. A Set would make
 * itself anew every few calls, which is a noticeable part of a small one.
 */
export class Bag<Thing extends Bagged> {
  readonly #things: Thing[] = [];

  get size(): number {
    return this.#things.length;
  }

  /** A copy, so that what is looked at may leave meanwhile. */
  get all(): readonly Thing[] {
    return [...this.#things];
  }

  add(thing: Thing): void {
    if (thing.place === -1) thing.place = this.#things.push(thing) - 1;
  }

  /** Whether it was there. */
  remove(thing: Thing): boolean {
    const { place } = thing;
    if (place === -1) return false;
    const last = this.#things.pop();
    if (last && last !== thing) {
      last.place = place;
      this.#things[place] = last;
    }
    thing.place = -1;
    return true;
  }
}
