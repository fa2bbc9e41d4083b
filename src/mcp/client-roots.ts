/** How long the roots of a client are believed that does not say when they change. */
const believedMs = 10_000;

/** A client's answer to `roots/list`, kept so that it is not asked on every call (2025-11-25, roots, "Cache root information"). */
export class ClientRoots {
  #told: { readonly result: unknown; readonly at: number } | undefined;
  #changes = 0;

  /** The kept answer, or a new one by `ask`; a refusal is not kept. `tellsChanges`: the client declared `listChanged`. */
  async get(tellsChanges: boolean, ask: () => Promise<unknown>): Promise<unknown> {
    const told = this.#told;
    if (told && (tellsChanges || Date.now() - told.at < believedMs)) return told.result;
    const changes = this.#changes;
    const result = await ask();
    if (changes === this.#changes) this.#told = { result, at: Date.now() };
    return result;
  }

  /** The roots changed: the next to want them asks anew. */
  forget(): void {
    this.#changes++;
    this.#told = undefined;
  }
}
