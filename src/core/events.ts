export type ListKind = 'tools' | 'prompts' | 'resources';

/** What plugins tell of themselves while they run; connections listen for as long as they live. */
export type GatewayEvent =
  | { readonly type: 'list_changed'; readonly plugin: string; readonly list: ListKind }
  | { readonly type: 'resource_updated'; readonly plugin: string; readonly uri: string };

/** The gateway's one set of listeners. */
export class GatewayEvents {
  readonly #listeners = new Set<(event: GatewayEvent) => void>();

  emit(event: GatewayEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Returns the way to stop listening. */
  listen(listener: (event: GatewayEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get size(): number {
    return this.#listeners.size;
  }
}
