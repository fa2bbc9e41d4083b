import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Face } from '../core/face.ts';
import { classify, errorReply, isObject, type Message, parseJson, type RequestMessage } from '../mcp/envelope.ts';
import { initializeProblem } from '../mcp/initialize-params.ts';
import { isModernMessage, unsupportedVersion } from '../mcp/modern-request.ts';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';
import {
  assumedVersion,
  isLegacyVersion,
  type LegacyVersion,
  modernVersions,
  supportedVersions,
} from '../mcp/versions.ts';
import { type Accepts, readAccept } from './accept.ts';
import { answerBody } from './answer-body.ts';
import { batchRefusal } from './batch.ts';
import type { HttpExchange } from './http-exchange.ts';
import { HttpSession } from './http-session.ts';
import { answerModern } from './modern-http.ts';
import { sendAccepted, sendRpcError, sendTooMany } from './respond.ts';
import type { Mount, Route, Services } from './services.ts';
import { answerStateless } from './stateless-reply.ts';

/** Streamable HTTP of every revision on `/mcp`, and on `POST /sse` for clients that try it on whatever URL they have. */
export function streamableHttp(mount: Mount, services: Services): Route[] {
  const post = (http: HttpExchange) => receive(http, mount.faceOf(http), services);
  return [
    { method: 'POST', path: '/mcp', handle: post },
    { method: 'POST', path: '/sse', handle: post },
    { method: 'GET', path: '/mcp', handle: (http) => openSessionStream(http, mount.faceOf(http), services) },
    { method: 'DELETE', path: '/mcp', handle: (http) => endSession(http, mount.faceOf(http), services) },
    {
      method: 'DELETE',
      path: '/sse',
      handle: (http) => endSession(http, mount.faceOf(http), services, 'GET, HEAD, POST, OPTIONS'),
    },
  ];
}

/** Whether a request belongs to a session of Streamable HTTP. */
export function hasSession(http: HttpExchange): boolean {
  return http.header('mcp-session-id') !== undefined;
}

function receive(http: HttpExchange, face: Face, services: Services): Promise<Response> | Response {
  const { outgoing } = http;
  const accepts = readAccept(http.header('accept'));
  if (!accepts.json && !accepts.stream) {
    return sendRpcError(
      outgoing,
      406,
      new RpcError(errorCode.refused, 'Not acceptable: accept application/json, text/event-stream, or both.'),
    );
  }
  return answerBody(http, services.bodyBytes, (text) => {
    const parsed = parseJson(text);
    const versionHeader = http.header('mcp-protocol-version');
    if (Array.isArray(parsed)) return receiveBatch(http, face, services, parsed.map(classify), accepts);
    const message = classify(parsed);
    if (message.kind === 'invalid') return sendRpcError(outgoing, 400, message.error, message.id);
    if (isModernMessage(message.kind === 'response' ? {} : message.params, versionHeader)) {
      return answerModern(http, face, services, message, accepts);
    }
    return receiveLegacy(http, face, services, message, accepts);
  });
}

function receiveLegacy(
  http: HttpExchange,
  face: Face,
  services: Services,
  message: Exclude<Message, { kind: 'invalid' }>,
  accepts: Accepts,
): Promise<Response> | Response {
  const { outgoing } = http;
  const version = legacyVersionOf(http);
  if (version instanceof RpcError) return sendRpcError(outgoing, 400, version);
  const session = sessionOf(http, face, services);
  if (session === 'unknown') return unknownSession(http);
  if (message.kind !== 'request') {
    session?.session.accept(message);
    return sendAccepted(outgoing);
  }
  const target = session ?? sessionFor(http, face, services, message);
  if (target === 'full') return tooManySessions(http);
  if (target) return target.answer([message], undefined, { outgoing, accepts });
  return answerStateless(http, face, services, [message], undefined, accepts, version);
}

/** Batches are part of 2025-03-26 alone. */
function receiveBatch(
  http: HttpExchange,
  face: Face,
  services: Services,
  messages: Message[],
  accepts: Accepts,
): Promise<Response> | Response {
  const { outgoing } = http;
  const header = http.header('mcp-protocol-version');
  const isModern = messages.some((entry) => isModernMessage('params' in entry ? entry.params : {}, header));
  if (isModern || isModernMessage({}, header)) return batchRefused(http, header ?? modernVersions[0]);
  const version = legacyVersionOf(http);
  if (version instanceof RpcError) return sendRpcError(outgoing, 400, version);
  const session = sessionOf(http, face, services);
  if (session === 'unknown') return unknownSession(http);
  const spoken = session?.session.version ?? version;
  if (spoken !== '2025-03-26') return batchRefused(http, spoken);
  const refusal = batchRefusal(messages);
  if (refusal) return sendRpcError(outgoing, 400, refusal);
  const wait = http.charge(messages.length - 1);
  if (wait > 0) return sendTooMany(outgoing, wait);
  // Each entry is answered, whatever the others are.
  const errors = messages.flatMap((message) =>
    message.kind === 'invalid' ? errorReply(message.id, message.error) : [],
  );
  const requests = messages.filter((message) => message.kind === 'request');
  for (const message of messages) {
    if (message.kind === 'notification' || message.kind === 'response') session?.session.accept(message);
  }
  if (requests.length === 0 && errors.length === 0) return sendAccepted(outgoing);
  if (session) return session.answer(requests, { errors }, { outgoing, accepts });
  return answerStateless(http, face, services, requests, { errors }, accepts, version);
}

/** The session named by the request; undefined where it names none. */
function sessionOf(http: HttpExchange, face: Face, services: Services): HttpSession | 'unknown' | undefined {
  const id = http.header('mcp-session-id');
  if (id === undefined) return undefined;
  const session = services.sessions.find(HttpSession, id, face, http.principal);
  session?.touch();
  return session ?? 'unknown';
}

/** A new session where this first request asks for one and the mode grants it. */
function sessionFor(
  http: HttpExchange,
  face: Face,
  services: Services,
  request: RequestMessage,
): HttpSession | 'full' | undefined {
  if (request.method !== 'initialize' || services.sessionMode === 'never') return undefined;
  if (initializeProblem(request.params)) return undefined; // answered with the problem, and no session is left behind
  const { capabilities } = request.params;
  const canBeAsked =
    isObject(capabilities) && ['elicitation', 'sampling', 'roots'].some((name) => isObject(capabilities[name]));
  if (services.sessionMode === 'auto' && !canBeAsked) return undefined;
  const principal = http.principal;
  if (!services.sessions.hasRoomFor(principal)) return 'full';
  const session = new HttpSession(services.sessions.newId(), face, principal, services);
  http.outgoing.setHeader('Mcp-Session-Id', session.id);
  return session;
}

/** The stream of a session by GET, or one of its reply streams taken up again. */
export function openSessionStream(http: HttpExchange, face: Face, services: Services): Response {
  const { incoming, outgoing } = http;
  const session = sessionOf(http, face, services);
  if (session === undefined) return methodNotAllowed(http);
  if (session === 'unknown') return unknownSession(http);
  if (incoming.method === 'HEAD' || !readAccept(http.header('accept')).stream) {
    return sendRpcError(
      outgoing,
      406,
      new RpcError(errorCode.refused, 'Not acceptable: GET opens a stream, accept text/event-stream.'),
    );
  }
  const opened = session.openStream(outgoing, http.header('last-event-id'));
  if (opened === 'taken')
    return sendRpcError(
      outgoing,
      409,
      new RpcError(errorCode.refused, 'This session already has an open stream; close it first.'),
    );
  if (opened === 'unknown event')
    return sendRpcError(
      outgoing,
      400,
      new RpcError(errorCode.refused, 'Last-Event-ID is not an event of this session.'),
    );
  return RESPONSE_ALREADY_SENT;
}

function endSession(http: HttpExchange, face: Face, services: Services, allow?: string): Response {
  const session = sessionOf(http, face, services);
  if (session === undefined) return methodNotAllowed(http, allow);
  if (session === 'unknown') return unknownSession(http);
  session.end();
  http.outgoing.writeHead(204).end();
  return RESPONSE_ALREADY_SENT;
}

function batchRefused(http: HttpExchange, version: string | undefined): Response {
  return sendRpcError(
    http.outgoing,
    400,
    new RpcError(
      errorCode.invalidRequest,
      `Batches are not part of revision ${version?.slice(0, 40)}; send one message at a time.`,
    ),
  );
}

function methodNotAllowed(http: HttpExchange, allow = 'POST, OPTIONS'): Response {
  http.outgoing.setHeader('Allow', allow);
  return sendRpcError(
    http.outgoing,
    405,
    new RpcError(errorCode.refused, 'Method not allowed without a session; POST JSON-RPC messages here.'),
  );
}

function unknownSession(http: HttpExchange): Response {
  return sendRpcError(http.outgoing, 404, new RpcError(errorCode.refused, 'No such session here; initialize again.'));
}

function tooManySessions(http: HttpExchange): Response {
  http.outgoing.setHeader('Retry-After', '5');
  return sendRpcError(
    http.outgoing,
    503,
    new RpcError(errorCode.refused, 'Too many open sessions for this key (limits.sessions); end some and try again.'),
  );
}

function legacyVersionOf(http: HttpExchange): LegacyVersion | RpcError {
  const requested = http.header('mcp-protocol-version');
  if (requested === undefined) return assumedVersion;
  if (isLegacyVersion(requested)) return requested;
  // Clients of these revisions show the message alone.
  const message = `Unsupported protocol version "${requested.slice(0, 40)}"; supported: ${supportedVersions.join(', ')}.`;
  return unsupportedVersion(requested, message);
}
