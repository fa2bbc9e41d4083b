import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import type { Face } from '../core/face.ts';
import { classify, isObject, type Message, parseJson, type RequestMessage } from '../mcp/envelope.ts';
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
import { batchRefusal } from './batch.ts';
import { readJsonBody } from './body.ts';
import { HttpSession } from './http-session.ts';
import { answerModern } from './modern-http.ts';
import { sendAccepted, sendBodyError, sendRpcError } from './respond.ts';
import type { Mount, Services, TransportApp, TransportEnv } from './services.ts';
import { answerStateless } from './stateless-reply.ts';

type Ctx = Context<TransportEnv>;

/** Streamable HTTP of every revision on `/mcp`, and on `POST /sse` for clients that try it on whatever URL they have. */
export function streamableHttp(mount: Mount, services: Services): TransportApp {
  const post = (c: Ctx) => receive(c, mount.faceOf(c), services);
  return (
    new Hono<TransportEnv>({ strict: false })
      .post('/mcp', post)
      .post('/sse', post)
      .get('/mcp', (c) => openStream(c, mount.faceOf(c), services))
      .delete('/mcp', (c) => endSession(c, mount.faceOf(c), services))
      // A client whose session began with POST /sse goes on there; without a session GET /sse is HTTP+SSE's own.
      .get('/sse', (c, next) => (hasSession(c) ? openStream(c, mount.faceOf(c), services) : next()))
      .delete('/sse', (c) => endSession(c, mount.faceOf(c), services, 'GET, HEAD, POST, OPTIONS'))
  );
}

async function receive(c: Ctx, face: Face, services: Services): Promise<Response> {
  const { incoming, outgoing } = c.env;
  const accepts = readAccept(incoming.headers.accept);
  if (!accepts.json && !accepts.stream) {
    return sendRpcError(
      outgoing,
      406,
      new RpcError(errorCode.refused, 'Not acceptable: accept application/json, text/event-stream, or both.'),
    );
  }
  try {
    const parsed = parseJson(await readJsonBody(incoming, services.bodyBytes));
    const versionHeader = header(c, 'mcp-protocol-version');
    if (Array.isArray(parsed)) {
      const messages = parsed.map(classify);
      const modern = messages.some((entry) => 'params' in entry && isModernMessage(entry.params, versionHeader));
      if (modern || isModernMessage({}, versionHeader)) return batchRefused(c, versionHeader ?? modernVersions[0]);
      return await receiveLegacy(c, face, services, messages, true, accepts);
    }
    const message = classify(parsed);
    if (message.kind === 'invalid') return sendRpcError(outgoing, 400, message.error, message.id);
    if (isModernMessage(message.kind === 'response' ? {} : message.params, versionHeader)) {
      return await answerModern(c, face, services, message, accepts);
    }
    return await receiveLegacy(c, face, services, [message], false, accepts);
  } catch (error) {
    return sendBodyError(outgoing, error);
  }
}

async function receiveLegacy(
  c: Ctx,
  face: Face,
  services: Services,
  messages: Message[],
  isBatch: boolean,
  accepts: Accepts,
): Promise<Response> {
  const { outgoing } = c.env;
  const version = legacyVersionOf(c);
  if (version instanceof RpcError) return sendRpcError(outgoing, 400, version);
  const session = sessionOf(c, face, services);
  if (session === 'unknown') return unknownSession(c);
  const spoken = session?.session.version ?? version;
  if (isBatch && spoken !== '2025-03-26') return batchRefused(c, spoken);
  const refusal = isBatch ? batchRefusal(messages) : undefined;
  if (refusal) return sendRpcError(outgoing, 400, refusal);
  const invalid = messages.find((message) => message.kind === 'invalid');
  if (invalid?.kind === 'invalid') return sendRpcError(outgoing, 400, invalid.error, invalid.id);
  const requests = messages.filter((message) => message.kind === 'request');
  const target = session ?? (isBatch ? undefined : sessionFor(c, face, services, requests[0]));
  if (target === 'full') return tooManySessions(c);
  for (const message of messages) {
    if (message.kind === 'notification' || message.kind === 'response') target?.session.accept(message);
  }
  if (requests.length === 0) return sendAccepted(outgoing);
  if (target) return target.answer(requests, isBatch, { outgoing, accepts });
  return answerStateless(c, face, services, requests, isBatch, accepts, version);
}

/** The session named by the request; undefined where it names none. */
function sessionOf(c: Ctx, face: Face, services: Services): HttpSession | 'unknown' | undefined {
  const id = header(c, 'mcp-session-id');
  if (id === undefined) return undefined;
  const session = services.sessions.find(HttpSession, id, face, c.get('principal'));
  session?.touch();
  return session ?? 'unknown';
}

/** A new session where this first request asks for one and the mode grants it. */
function sessionFor(
  c: Ctx,
  face: Face,
  services: Services,
  request: RequestMessage | undefined,
): HttpSession | 'full' | undefined {
  if (request?.method !== 'initialize' || services.sessionMode === 'never') return undefined;
  if (initializeProblem(request.params)) return undefined; // answered with the problem, and no session is left behind
  const { capabilities } = request.params;
  const canBeAsked =
    isObject(capabilities) && ['elicitation', 'sampling', 'roots'].some((name) => isObject(capabilities[name]));
  if (services.sessionMode === 'auto' && !canBeAsked) return undefined;
  const principal = c.get('principal');
  if (!services.sessions.hasRoomFor(principal)) return 'full';
  const session = new HttpSession(services.sessions.newId(), face, principal, services);
  c.env.outgoing.setHeader('Mcp-Session-Id', session.id);
  return session;
}

function openStream(c: Ctx, face: Face, services: Services): Response {
  const { incoming, outgoing } = c.env;
  const session = sessionOf(c, face, services);
  if (session === undefined) return methodNotAllowed(c);
  if (session === 'unknown') return unknownSession(c);
  if (incoming.method === 'HEAD' || !readAccept(incoming.headers.accept).stream) {
    return sendRpcError(
      outgoing,
      406,
      new RpcError(errorCode.refused, 'Not acceptable: GET opens a stream, accept text/event-stream.'),
    );
  }
  const opened = session.openStream(outgoing, header(c, 'last-event-id'));
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

function endSession(c: Ctx, face: Face, services: Services, allow?: string): Response {
  const session = sessionOf(c, face, services);
  if (session === undefined) return methodNotAllowed(c, allow);
  if (session === 'unknown') return unknownSession(c);
  session.end();
  c.env.outgoing.writeHead(204).end();
  return RESPONSE_ALREADY_SENT;
}

function batchRefused(c: Ctx, version: string | undefined): Response {
  return sendRpcError(
    c.env.outgoing,
    400,
    new RpcError(
      errorCode.invalidRequest,
      `Batches are not part of revision ${version?.slice(0, 40)}; send one message at a time.`,
    ),
  );
}

function methodNotAllowed(c: Ctx, allow = 'POST, OPTIONS'): Response {
  c.env.outgoing.setHeader('Allow', allow);
  return sendRpcError(
    c.env.outgoing,
    405,
    new RpcError(errorCode.refused, 'Method not allowed without a session; POST JSON-RPC messages here.'),
  );
}

function unknownSession(c: Ctx): Response {
  return sendRpcError(c.env.outgoing, 404, new RpcError(errorCode.refused, 'No such session here; initialize again.'));
}

function tooManySessions(c: Ctx): Response {
  c.env.outgoing.setHeader('Retry-After', '5');
  return sendRpcError(
    c.env.outgoing,
    503,
    new RpcError(errorCode.refused, 'Too many open sessions for this key (limits.sessions); end some and try again.'),
  );
}

function legacyVersionOf(c: Ctx): LegacyVersion | RpcError {
  const requested = header(c, 'mcp-protocol-version');
  if (requested === undefined) return assumedVersion;
  if (isLegacyVersion(requested)) return requested;
  // Clients of these revisions show the message alone.
  const message = `Unsupported protocol version "${requested.slice(0, 40)}"; supported: ${supportedVersions.join(', ')}.`;
  return unsupportedVersion(requested, message);
}

function hasSession(c: Ctx): boolean {
  return header(c, 'mcp-session-id') !== undefined;
}

function header(c: Ctx, name: string): string | undefined {
  const value = c.env.incoming.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
