import type { Face } from '../core/face.ts';
import type { Principal } from '../core/principal.ts';
import type { RequestMessage } from '../mcp/envelope.ts';
import { Session } from '../mcp/session.ts';
import type { Accepts } from './accept.ts';
import { EventLog } from './event-log.ts';
import { EventStream } from './event-stream.ts';
import type { GatewayResponse } from './gateway-response.ts';
import { type BatchReply, PostReply } from './post-reply.ts';
import type { Services } from './services.ts';
import type { RegisteredSession } from './session-registry.ts';

/** A session of Streamable HTTP (2025-03-26 to 2025-11-25): its own stream by GET, a reply stream for each POST. */
export class HttpSession implements RegisteredSession {
  readonly id: string;
  readonly face: Face;
  readonly principal: Principal;
  readonly session: Session;
  readonly #services: Services;
  readonly #log = new EventLog();
  readonly #own = this.#log.openStream();
  /** The connection that each stream, by its number in the log, is read through now. */
  readonly #readers = new Map<number, EventStream>();
  /** Reply streams whose answer is still to come. */
  readonly #running = new Set<number>();
  #idle: NodeJS.Timeout | undefined;

  constructor(id: string, face: Face, principal: Principal, services: Services) {
    this.id = id;
    this.face = face;
    this.principal = principal;
    this.#services = services;
    this.session = new Session({
      id,
      face,
      principal,
      runtime: services.runtime,
      broadcast: (message) => this.#broadcast(message),
    });
    services.sessions.add(this);
    this.touch();
  }

  /** Starts the idle time anew; a session without streams and requests ends when it is over. */
  touch(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#readers.size > 0 || this.session.busy > 0) this.touch();
      else this.end();
    }, this.#services.sessionIdleMs);
    this.#idle.unref();
  }

  end(): void {
    clearTimeout(this.#idle);
    this.#services.sessions.remove(this);
    this.session.close();
    for (const reader of [...this.#readers.values()]) reader.end();
  }

  /** Opens the session's own stream, or takes up the one that `lastEventId` is of. False where it may not. */
  openStream(outgoing: GatewayResponse, lastEventId: string | undefined): 'opened' | 'taken' | 'unknown event' {
    const resumed = lastEventId === undefined ? { stream: this.#own.stream, missed: [] } : this.#log.after(lastEventId);
    if (!resumed) return 'unknown event';
    const current = this.#readers.get(resumed.stream);
    if (current?.isOpen) {
      // A client that resumes knows better than this side that its old connection is dead.
      if (lastEventId === undefined) return 'taken';
      current.end();
    }
    const reader = new EventStream(outgoing);
    this.#services.keepAlive.add(reader);
    // Without it a client could not take this stream up again; only then, since not every client expects it here.
    if (lastEventId === undefined && this.#canPoll && this.#services.releaseAfterMs > 0)
      reader.prime(this.#own.firstId);
    for (const { id, message } of resumed.missed) reader.event('message', message, id);
    if (resumed.stream !== this.#own.stream && !this.#running.has(resumed.stream)) reader.end();
    else this.#read(resumed.stream, reader);
    return 'opened';
  }

  /** Answers the requests of one POST; what relates to them goes on its reply stream, or on the one that resumed it. */
  async answer(
    requests: readonly RequestMessage[],
    batch: BatchReply | undefined,
    reply: PostReplyTarget,
  ): Promise<Response> {
    const recorded = this.#log.openStream();
    const { stream } = recorded;
    this.#running.add(stream);
    const post = new PostReply(reply.outgoing, reply.accepts, this.#services.keepAlive, {
      record: recorded.record,
      onOpen: (opened) => {
        if (this.#canPoll) opened.prime(recorded.firstId);
        this.#read(stream, opened);
      },
      divert: () => this.#readers.get(stream),
    });
    const release = () => {
      if (this.#canPoll) post.release();
    };
    const patience = this.#afterPatience(release);
    const { requestId } = reply.outgoing;
    const port = { requestId, send: post.notify, canAsk: reply.accepts.stream, release };
    const onClose = () => {
      if (!post.isStream) this.session.cancelAll(port);
    };
    reply.outgoing.on('close', onClose);
    try {
      const answers = await Promise.all(requests.map((request) => this.session.request(request, port)));
      const given = answers.map((answer) => answer?.json);
      return batch ? post.finishBatch([...batch.errors, ...given]) : post.finish(given[0]);
    } finally {
      clearTimeout(patience);
      reply.outgoing.off('close', onClose);
      this.#running.delete(stream);
      this.touch();
    }
  }

  /** Whether the client comes back to a stream that ends before its answer: a promise of 2025-11-25 alone. */
  get #canPoll(): boolean {
    return this.session.version === '2025-11-25';
  }

  #afterPatience(end: () => void): NodeJS.Timeout | undefined {
    const { releaseAfterMs } = this.#services;
    return releaseAfterMs > 0 ? setTimeout(end, releaseAfterMs).unref() : undefined;
  }

  #read(stream: number, reader: EventStream): void {
    this.#readers.set(stream, reader);
    const patience = this.#canPoll ? this.#afterPatience(() => reader.end()) : undefined;
    reader.onClose(() => {
      clearTimeout(patience);
      if (this.#readers.get(stream) === reader) this.#readers.delete(stream);
      this.touch();
    });
  }

  #broadcast(message: string): void {
    const id = this.#own.record(message);
    this.#readers.get(this.#own.stream)?.event('message', message, id);
  }
}

export interface PostReplyTarget {
  readonly outgoing: GatewayResponse;
  readonly accepts: Accepts;
}
