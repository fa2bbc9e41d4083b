import { Call } from '../core/call.ts';
import type { Face } from '../core/face.ts';
import { messageLevels } from '../core/log.ts';
import { type Answer, answer } from '../mcp/answer.ts';
import { RequestPort } from '../mcp/client-port.ts';
import type { Message } from '../mcp/envelope.ts';
import { metaKey, metaOf } from '../mcp/meta.ts';
import { checkModernRequest, unsupportedVersion } from '../mcp/modern-request.ts';
import { checkParameterHeaders } from '../mcp/parameter-headers.ts';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';
import { isModernVersion } from '../mcp/versions.ts';
import type { Accepts } from './accept.ts';
import { cancelOnClose } from './cancel-on-close.ts';
import type { HttpExchange } from './http-exchange.ts';
import { listen } from './listen.ts';
import { PostReply } from './post-reply.ts';
import { sendAccepted, sendRpcError } from './respond.ts';
import type { Services } from './services.ts';

/** The HTTP status of an error that is the whole answer (2026-07-28, streamable HTTP). */
const statuses: Readonly<Record<number, number>> = {
  [errorCode.methodNotFound]: 404,
  [errorCode.invalidParams]: 400,
  [errorCode.invalidRequest]: 400,
  [errorCode.headerMismatch]: 400,
  [errorCode.missingCapability]: 400,
  [errorCode.unsupportedVersion]: 400,
};

/** Answers one message of 2026-07-28: stateless, its headers checked against its body, cancelled by closing the stream. */
export function answerModern(
  http: HttpExchange,
  face: Face,
  services: Services,
  message: Exclude<Message, { kind: 'invalid' }>,
  accepts: Accepts,
): Promise<Response> | Response {
  const { outgoing } = http;
  if (message.kind === 'response') {
    return sendRpcError(
      outgoing,
      400,
      new RpcError(
        errorCode.invalidRequest,
        'Clients of this revision do not send responses; retry the request with inputResponses.',
      ),
    );
  }
  const header = (name: string) => http.header(name);
  if (message.kind === 'notification') {
    const version = header('mcp-protocol-version');
    if (version === undefined || isModernVersion(version)) return sendAccepted(outgoing);
    return sendRpcError(outgoing, 400, unsupportedVersion(version));
  }
  if (services.runtime.activity.isDraining) {
    outgoing.setHeader('Retry-After', '5');
    const error = new RpcError(errorCode.internal, 'The gateway is shutting down; try again in a moment.');
    return sendRpcError(outgoing, 503, error, message.id);
  }
  const version = checkModernRequest(face, message, header);
  if (typeof version === 'object') return sendRpcError(outgoing, version.status, version.error, message.id);
  const refusal = message.method === 'tools/call' ? checkParameterHeaders(face, message.params, header) : undefined;
  if (refusal) return sendRpcError(outgoing, refusal.status, refusal.error, message.id);
  if (message.method === 'subscriptions/listen') return listen(http, face, services, message, accepts);

  const wanted = metaOf(message.params)[metaKey.logLevel];
  const level = messageLevels.find((known) => known === wanted);
  if (wanted !== undefined && !level) {
    const error = new RpcError(errorCode.invalidParams, `Invalid log level; use one of ${messageLevels.join(', ')}.`);
    return sendRpcError(outgoing, 400, error, message.id);
  }
  const call = new Call(http.principal, http.requestId);
  const reply = new PostReply(outgoing, accepts, services.keepAlive);
  const port = new RequestPort(message.params, level, reply.notify);
  call.client = port;
  const finish = (done: Answer | undefined) => {
    port.flush();
    return reply.finish(done?.json, done?.error ? (statuses[done.error.code] ?? 200) : 200);
  };
  const done = answer({ face, runtime: services.runtime, call, version, session: undefined }, message);
  return done instanceof Promise ? cancelOnClose(outgoing, call, done).then(finish) : finish(done);
}
