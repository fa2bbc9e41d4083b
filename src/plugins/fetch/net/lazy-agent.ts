import type { Dispatcher } from 'undici';

/** An agent that is made when the first byte is wanted: its library is the largest part of the plugin's start. */
export class LazyAgent {
  readonly #make: () => Promise<Dispatcher>;
  #agent: Promise<Dispatcher> | undefined;

  constructor(make: () => Promise<Dispatcher>) {
    this.#make = make;
  }

  get(): Promise<Dispatcher> {
    this.#agent ??= this.#make();
    return this.#agent;
  }

  async destroy(): Promise<void> {
    await (await this.#agent)?.destroy();
  }
}
