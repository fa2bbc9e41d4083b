import { Call } from '../core/call.ts';
import type { Face } from '../core/face.ts';
import { type Answer, answer } from '../mcp/answer.ts';
import { classify, errorReply, isObject, type Message, parseJson, type RequestMessage } from '../mcp/envelope.ts';
import { metaKey, metaOf } from '../mcp/meta.ts';
import { unsupportedVersion } from '../mcp/modern-request.ts';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';
import { isModernVersion, legacyVersions, type ProtocolVersion } from '../mcp/versions.ts';
import { answerBody } from './answer-body.ts';
import { batchRefusal } from './batch.ts';
import { cancelOnClose } from './cancel-on-close.ts';

import type { HttpExchange } from './http-exchange.ts';
import { sendAccepted, sendJson, sendRpcError, sendTooMany } from './respond.ts';
import type { Mount, Route, Services } from './services.ts';

/** `POST /rpc`: stateless JSON-RPC 2.0 without a handshake, one request or a batch; errors travel inside HTTP 200. */
export function rpc(mount: Mount, services: Services): Route[] {
  return [{ method: 'POST', path: '/rpc', handle: (http) => receive(http, mount.faceOf(http), services) }];
}

function receive(http: HttpExchange, face: Face, services: Services): Promise<Response> {
  const { outgoing } = http;
  return answerBody(http, services.bodyBytes, (text) => {
    const parsed = parseJson(text);
    if (Array.isArray(parsed)) return answerBatch(http, face, services, parsed.map(classify));
    const message = classify(parsed);
    if (message.kind === 'invalid') return sendRpcError(outgoing, 400, message.error, message.id);
    if (message.kind !== 'request') return sendAccepted(outgoing);
    const send = (reply: string | undefined) =>
      reply === undefined ? sendAccepted(outgoing) : sendJson(outgoing, 200, reply);
    const reply = answerOne(http, face, services, message);
    return reply instanceof Promise ? reply.then(send) : send(reply);
  });
}

async function answerBatch(http: HttpExchange, face: Face, services: Services, messages: Message[]): Promise<Response> {
  const { outgoing } = http;
  const refusal = batchRefusal(messages);
  if (refusal) return sendRpcError(outgoing, 400, refusal);
  const wait = http.charge(messages.length - 1);
  if (wait > 0) return sendTooMany(outgoing, wait);
  outgoing.setMaxListeners(outgoing.getMaxListeners() + messages.length);
  const replies = await Promise.all(
    messages.map((message) => {
      if (message.kind === 'request') return answerOne(http, face, services, message);
      return message.kind === 'invalid' ? errorReply(message.id, message.error) : undefined;
    }),
  );
  const wanted = replies.filter((reply) => reply !== undefined);
  return wanted.length === 0 ? sendAccepted(outgoing) : sendJson(outgoing, 200, `[${wanted.join(',')}]`);
}

/** A request's reply; undefined only where the client has gone. */
function answerOne(
  http: HttpExchange,
  face: Face,
  { runtime }: Services,
  message: RequestMessage,
): Promise<string | undefined> | string | undefined {
  const version = versionOf(message);
  if (version instanceof RpcError) return errorReply(message.id, version);
  const call = new Call(http.principal, http.requestId);
  const done = answer({ face, runtime, call, version, session: undefined }, message);
  return done instanceof Promise ? cancelOnClose(http.outgoing, call, done).then(jsonOf) : jsonOf(done);
}

function jsonOf(answer: Answer | undefined): string | undefined {
  return answer?.json;
}

/** The revision a request speaks: its own word in `_meta` from 2026-07-28 on, else the newest with a handshake. */
function versionOf({ params }: RequestMessage): ProtocolVersion | RpcError {
  const requested = metaOf(params)[metaKey.protocolVersion];
  if (requested === undefined) return legacyVersions[0];
  if (!isModernVersion(requested)) return unsupportedVersion(requested);
  if (!isObject(metaOf(params)[metaKey.clientCapabilities])) {
    return new RpcError(
      errorCode.invalidParams,
      `_meta["${metaKey.clientCapabilities}"] is required and must be an object.`,
    );
  }
  return requested;
}
