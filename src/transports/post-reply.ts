import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Accepts } from './accept.ts';
import { EventStream, eventStreamHeaders } from './event-stream.ts';
import type { GatewayResponse } from './gateway-response.ts';
import type { KeepAlive } from './keep-alive.ts';
import { sendAccepted, sendJson } from './respond.ts';

/** Makes a reply stream resumable: ids its events, keeps them, and knows who reads the stream now. */
export interface ResumableStream {
  record(message: string): string;
  /** Takes the stream as its reader, and primes it where the revision has that. */
  onOpen(stream: EventStream): void;
  /** The connection that reads the stream now; undefined while nobody does. */
  divert(): EventStream | undefined;
}

/** That an array was sent, so an array goes back; `errors` answer the entries that are no messages. */
export interface BatchReply {
  readonly errors: readonly string[];
}

/**
 * The answer to one POST of Streamable HTTP: plain JSON, until something must be told before the answer is there;
 * then it becomes an event stream, if the client accepts one. A client that accepts nothing else gets one in any case.
 */
export class PostReply {
  readonly #outgoing: GatewayResponse;
  readonly #accepts: Accepts;
  readonly #keepAlive: KeepAlive;
  readonly #resumable: ResumableStream | undefined;
  #stream: EventStream | undefined;

  constructor(outgoing: GatewayResponse, accepts: Accepts, keepAlive: KeepAlive, resumable?: ResumableStream) {
    this.#outgoing = outgoing;
    this.#accepts = accepts;
    this.#keepAlive = keepAlive;
    this.#resumable = resumable;
  }

  get isStream(): boolean {
    return this.#stream !== undefined;
  }

  /** A message before the answer; dropped for a client that accepts only JSON. */
  readonly notify = (message: string): void => {
    if (!this.#accepts.stream) return;
    this.#stream ??= this.#open();
    this.#write(message);
  };

  /** Ends the connection but not the stream: the client resumes it, and finds the answer there. */
  release(): void {
    if (!this.#resumable || !this.#accepts.stream) return;
    this.#stream ??= this.#open();
    this.#reader()?.end();
  }

  /** Ends the reply with the one request's answer, framed; undefined where it was called off and nothing is to be said. */
  finish(answer: string | undefined, status = 200): Response {
    if (this.#stream || (!this.#accepts.json && status === 200)) return this.#finishStream([answer]);
    if (answer !== undefined) return sendJson(this.#outgoing, status, answer);
    // A request is answered by JSON or a stream, never by 202 (2025-11-25, transports): one called off, by a stream without it.
    if (!this.#accepts.stream) return sendAccepted(this.#outgoing);
    if (!this.#outgoing.headersSent && !this.#outgoing.destroyed)
      this.#outgoing.writeHead(200, eventStreamHeaders).end();
    return RESPONSE_ALREADY_SENT;
  }

  /** Ends the reply to a batch with the answers of its requests. */
  finishBatch(answers: readonly (string | undefined)[]): Response {
    if (this.#stream || !this.#accepts.json) return this.#finishStream(answers);
    const given = answers.filter((answer) => answer !== undefined);
    return given.length === 0 ? sendAccepted(this.#outgoing) : sendJson(this.#outgoing, 200, `[${given.join(',')}]`);
  }

  #finishStream(answers: readonly (string | undefined)[]): Response {
    this.#stream ??= this.#open();
    for (const answer of answers) if (answer !== undefined) this.#write(answer);
    this.#reader()?.end();
    return RESPONSE_ALREADY_SENT;
  }

  #open(): EventStream {
    const stream = new EventStream(this.#outgoing);
    this.#keepAlive.add(stream);
    this.#resumable?.onOpen(stream);
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
