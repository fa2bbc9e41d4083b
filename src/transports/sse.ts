import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Face } from '../core/face.ts';
import type { Principal } from '../core/principal.ts';
import type { Answer } from '../mcp/answer.ts';
import { classify, errorReply, type Message, parseJson, type RequestMessage } from '../mcp/envelope.ts';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';
import { Session } from '../mcp/session.ts';
import { answerBody } from './answer-body.ts';
import { batchRefusal } from './batch.ts';
import { EventStream, eventStreamHeaders } from './event-stream.ts';
import type { HttpExchange } from './http-exchange.ts';
import { sendAccepted, sendRpcError } from './respond.ts';
import type { Mount, Route, Services } from './services.ts';
import type { RegisteredSession } from './session-registry.ts';
import { hasSession, openSessionStream } from './streamable-http.ts';

/** HTTP+SSE (2024-11-05): `GET /sse` opens a session's stream, `POST /message?sessionId=…` feeds it. */
export function sse(mount: Mount, services: Services): Route[] {
  const receive = (http: HttpExchange) => receiveMessage(http, mount.faceOf(http), services);
  return [
    {
      method: 'GET',
      path: '/sse',
      // A client of Streamable HTTP whose session began with POST /sse goes on there.
      handle: (http) =>
        hasSession(http) ? openSessionStream(http, mount.faceOf(http), services) : openStream(http, mount, services),
    },
    { method: 'POST', path: '/message', handle: receive },
    { method: 'POST', path: '/messages', handle: receive },
  ];
}

/** A session whose every answer goes out on its one stream. */
class SseSession implements RegisteredSession {
  readonly id: string;
  readonly face: Face;
  readonly principal: Principal;
  readonly session: Session;
  readonly #stream: EventStream;

  constructor(id: string, face: Face, principal: Principal, stream: EventStream, services: Services) {
    this.id = id;
    this.face = face;
    this.principal = principal;
    this.#stream = stream;
    this.session = new Session({
      id,
      face,
      principal,
      runtime: services.runtime,
      broadcast: (message) => this.send(message),
    });
    stream.onClose(() => {
      services.sessions.remove(this);
      this.session.close();
    });
  }

  readonly send = (message: string): void => this.#stream.event('message', message);

  end(): void {
    this.#stream.end();
  }

  /** `requestId`: of the POST that brought the message. */
  handle(message: Message, requestId: string): void {
    if (message.kind === 'request') this.#run(message, requestId);
    else if (message.kind === 'invalid') this.send(errorReply(message.id, message.error));
    else this.session.accept(message);
  }

  /** Refuses requests only: a cancellation, or an answer that a call waits for, costs nothing and may not be lost. */
  handleLimited(messages: readonly Message[], error: RpcError, requestId: string): void {
    this.refuse(messages, error);
    for (const message of messages) if (message.kind !== 'request') this.handle(message, requestId);
  }

  /** Answers every request with the same error; what needs no answer is dropped. */
  refuse(messages: readonly Message[], error: RpcError): void {
    for (const message of messages) if (message.kind === 'request') this.send(errorReply(message.id, error));
  }

  #run(message: RequestMessage, requestId: string): void {
    const send = (answer: Answer | undefined) => {
      if (answer) this.send(answer.json);
    };
    const done = this.session.request(message, { requestId, send: this.send, canAsk: true });
    if (done instanceof Promise) void done.then(send);
    else send(done);
  }
}

function openStream(http: HttpExchange, mount: Mount, services: Services): Response {
  const face = mount.faceOf(http);
  const { incoming, outgoing } = http;
  const principal = http.principal;
  if (!services.sessions.hasRoomFor(principal)) {
    outgoing.setHeader('Retry-After', '5');
    return sendRpcError(
      outgoing,
      503,
      new RpcError(
        errorCode.refused,
        'Too many open sessions for this key (limits.sessions); close some and try again.',
      ),
    );
  }
  if (incoming.method === 'HEAD') {
    outgoing.writeHead(200, eventStreamHeaders).end();
    return RESPONSE_ALREADY_SENT;
  }
  const stream = new EventStream(outgoing);
  const session = new SseSession(services.sessions.newId(), face, principal, stream, services);
  services.sessions.add(session);
  services.keepAlive.add(stream);
  const subset = http.query.getAll('plugins');
  const selection = subset.length === 0 ? '' : `plugins=${encodeURIComponent(subset.join(','))}&`;
  stream.event('endpoint', `${http.publicPrefix}${mount.path}/message?${selection}sessionId=${session.id}`);
  return RESPONSE_ALREADY_SENT;
}

/** The session ids that a request names; the URL of the endpoint event is read without parsing it. */
function sessionIds(http: HttpExchange): readonly string[] {
  const [, id] = /^[^?]*\?sessionId=([\w-]+)$/.exec(http.incoming.url ?? '') ?? [];
  return id === undefined ? http.query.getAll('sessionId') : [id];
}

function receiveMessage(http: HttpExchange, face: Face, services: Services): Promise<Response> | Response {
  const { outgoing } = http;
  const [id, ...more] = sessionIds(http);
  const session = id === undefined ? undefined : services.sessions.find(SseSession, id, face, http.principal);
  if (!session && http.retryAfter > 0) return sendRpcError(outgoing, 429, tooMany(http.retryAfter));
  if (id === undefined || id === '' || more.length > 0) {
    const fault = more.length > 0 ? 'stands there more than once' : 'is missing';
    return sendRpcError(
      outgoing,
      400,
      new RpcError(
        errorCode.invalidRequest,
        `The query parameter "sessionId" ${fault}; POST to the URL of the endpoint event.`,
      ),
    );
  }
  if (!session) {
    return sendRpcError(
      outgoing,
      404,
      new RpcError(errorCode.refused, 'No such session here; open a new stream with GET /sse.'),
    );
  }
  return answerBody(http, services.bodyBytes, (text) => {
    const parsed = parseJson(text);
    const messages = Array.isArray(parsed) ? parsed.map(classify) : [classify(parsed)];
    const refusal = Array.isArray(parsed)
      ? batchRefusal(messages)
      : messages[0]?.kind === 'invalid'
        ? hardError(messages[0])
        : undefined;
    if (refusal) return sendRpcError(outgoing, 400, refusal);
    // The answer to the POST comes before the work: Python clients give up on it after five seconds.
    sendAccepted(outgoing);
    const isBatch = Array.isArray(parsed);
    const refused = isBatch ? batchNotSpoken(session) : undefined;
    const wait = http.retryAfter || http.charge(messages.length - 1);
    if (refused) session.refuse(messages, refused);
    else if (wait > 0) session.handleLimited(messages, tooMany(wait), http.requestId);
    else for (const message of messages) session.handle(message, http.requestId);
    return RESPONSE_ALREADY_SENT;
  });
}

/** Answered on the stream, because a refused POST would end the client's writer for good. */
function batchNotSpoken({ session }: SseSession): RpcError | undefined {
  if (session.version === '2025-03-26') return undefined;
  return new RpcError(
    errorCode.invalidRequest,
    `Batches are not part of revision ${session.version}; send one message at a time.`,
  );
}

function tooMany(retryAfter: number): RpcError {
  return new RpcError(errorCode.refused, `Too many requests (limits.rate); try again in ${retryAfter} s.`);
}

/** A message whose id can be read is answered on the stream, as everything is that is wrong only inside. */
function hardError({ id, error }: Extract<Message, { kind: 'invalid' }>): RpcError | undefined {
  return id !== null && error.code === errorCode.invalidParams ? undefined : error;
}
