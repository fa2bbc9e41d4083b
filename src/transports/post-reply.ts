import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { EventStream } from './event-stream.ts';
import type { KeepAlive } from './keep-alive.ts';
import { sendJson } from './respond.ts';

/** Makes a reply stream resumable: ids its events, keeps them, and knows who reads the stream now. */
export interface ResumableStream {
  /** The id to give before the first event, so that a stream cut at once can be resumed too. */
  readonly firstId: string;
  record(message: string): string;
  onOpen(stream: EventStream): void;
  /** The connection that reads the stream now; undefined while nobody does. */
  divert(): EventStream | undefined;
}

/**
 * The answer to one POST of Streamable HTTP: plain JSON, until something must be told before the answer is there;
 * then it becomes an event stream, if the client accepts one.
 */
export class PostReply {
  readonly #outgoing: ServerResponse;
  readonly #canStream: boolean;
  readonly #keepAlive: KeepAlive;
  readonly #resumable: ResumableStream | undefined;
  #stream: EventStream | undefined;

  constructor(outgoing: ServerResponse, canStream: boolean, keepAlive: KeepAlive, resumable?: ResumableStream) {
    this.#outgoing = outgoing;
    this.#canStream = canStream;
    this.#keepAlive = keepAlive;
    this.#resumable = resumable;
  }

  get isStream(): boolean {
    return this.#stream !== undefined;
  }

  /** A message before the answer; dropped for a client that accepts only JSON. */
  readonly notify = (message: string): void => {
    if (!this.#canStream) return;
    this.#stream ??= this.#open();
    this.#write(message);
  };

  /** The answers, framed each: one for a request, several for a batch. Ends the reply. */
  finish(answers: readonly string[], isBatch: boolean, status = 200): Response {
    if (!this.#stream) return sendJson(this.#outgoing, status, isBatch ? `[${answers.join(',')}]` : (answers[0] ?? ''));
    for (const answer of answers) this.#write(answer);
    this.#reader()?.end();
    return RESPONSE_ALREADY_SENT;
  }

  #open(): EventStream {
    const stream = new EventStream(this.#outgoing);
    this.#keepAlive.add(stream);
    this.#resumable?.onOpen(stream);
    if (this.#resumable) stream.write(`id: ${this.#resumable.firstId}\ndata: \n\n`);
    return stream;
  }

  #write(message: string): void {
    const id = this.#resumable?.record(message);
    this.#reader()?.event('message', message, id);
  }

  #reader(): EventStream | undefined {
    return this.#resumable ? this.#resumable.divert() : this.#stream;
  }
}
