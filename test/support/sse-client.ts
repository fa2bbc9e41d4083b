import { post } from './gateway.ts';

export interface SseEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** A bare reader of an event stream, for what official clients hide: event order, comments, headers, silence. */
export class SseClient {
  readonly response: Response;
  readonly events: SseEvent[] = [];
  readonly comments: string[] = [];
  readonly #abort: AbortController;
  readonly #waiting: (() => void)[] = [];
  ended = false;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    void this.#read();
  }

  static async open(url: string, init: RequestInit = {}): Promise<SseClient> {
    const abort = new AbortController();
    return new SseClient(await fetch(url, { ...init, signal: abort.signal }), abort);
  }

  /** Opens a session of HTTP+SSE: the client, and the URL its endpoint event names. */
  static async session(base: string, path: string, headers: Record<string, string> = {}) {
    const client = await SseClient.open(`${base}${path}`, { headers });
    const endpoint = await client.next(({ event }) => event === 'endpoint');
    const url = new URL(endpoint.data, base).href;
    return { client, endpoint: url, send: (message: unknown) => post(url, message, headers) };
  }

  /** The first event, past or future, that fits; rejects when the stream ends without one. */
  async next(fits: (event: SseEvent) => boolean): Promise<SseEvent> {
    for (;;) {
      const found = this.events.find(fits);
      if (found) return found;
      if (this.ended) throw new Error(`the stream ended without it: ${JSON.stringify(this.events)}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The JSON-RPC answer with that id. */
  async answer(id: number | string) {
    const { data } = await this.next(({ event, data: text }) => event === 'message' && JSON.parse(text).id === id);
    return JSON.parse(data);
  }

  async end(): Promise<void> {
    while (!this.ended) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    let buffer = '';
    try {
      const decoder = new TextDecoder();
      for await (const chunk of this.response.body ?? []) {
        buffer += decoder.decode(chunk as Uint8Array, { stream: true });
        const blocks = buffer.split('\n\n');
        buffer = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
        this.#wake();
      }
    } catch {
      // closed by this side or cut by the other: `ended` says so either way
    }
    this.ended = true;
    this.#wake();
  }

  #take(block: string): void {
    const lines = block.split('\n');
    const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const data = field('data');
    if (data === undefined) this.comments.push(block);
    else this.events.push({ event: field('event') ?? 'message', data, id: field('id') });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
