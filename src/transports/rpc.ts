import { Call, clientGone } from '../core/call.ts';
import type { Face } from '../core/face.ts';
import { answer } from '../mcp/answer.ts';
import { classify, errorReply, isObject, type Message, parseJson, type RequestMessage } from '../mcp/envelope.ts';
import { metaKey, metaOf } from '../mcp/meta.ts';
import { unsupportedVersion } from '../mcp/modern-request.ts';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';
import { isModernVersion, legacyVersions, type ProtocolVersion } from '../mcp/versions.ts';
import { batchRefusal } from './batch.ts';
import { readJsonBody } from './body.ts';
import type { HttpExchange } from './http-exchange.ts';
import { sendAccepted, sendBodyError, sendJson, sendRpcError, sendTooMany } from './respond.ts';
import type { Mount, Route, Services } from './services.ts';

/** `POST /rpc`: stateless JSON-RPC 2.0 without a handshake, one request or a batch; errors travel inside HTTP 200. */
export function rpc(mount: Mount, services: Services): Route[] {
  return [{ method: 'POST', path: '/rpc', handle: (http) => receive(http, mount.faceOf(http), services) }];
}

async function receive(http: HttpExchange, face: Face, services: Services): Promise<Response> {
  const { incoming, outgoing } = http;
  try {
    const parsed = parseJson(await readJsonBody(incoming, services.bodyBytes));
    if (Array.isArray(parsed)) return await answerBatch(http, face, services, parsed.map(classify));
    const message = classify(parsed);
    if (message.kind === 'invalid') return sendRpcError(outgoing, 400, message.error, message.id);
    if (message.kind !== 'request') return sendAccepted(outgoing);
    const reply = await answerOne(http, face, services, message);
    return reply === undefined ? sendAccepted(outgoing) : sendJson(outgoing, 200, reply);
  } catch (error) {
    return sendBodyError(outgoing, error);
  }
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
async function answerOne(
  http: HttpExchange,
  face: Face,
  { runtime }: Services,
  message: RequestMessage,
): Promise<string | undefined> {
  const { outgoing } = http;
  const call = new Call(http.principal, http.requestId);
  const onClose = () => call.cancel(clientGone());
  outgoing.on('close', onClose);
  try {
    const version = versionOf(message);
    if (version instanceof RpcError) return errorReply(message.id, version);
    return (await answer({ face, runtime, call, version, session: undefined }, message))?.json;
  } finally {
    outgoing.off('close', onClose);
  }
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
