import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { errorReply, type RequestId } from '../mcp/envelope.ts';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';
import { BodyRefused } from './body.ts';
import type { GatewayResponse } from './gateway-response.ts';
import { watchUnread } from './unread.ts';
import { discardBody, isBodyMissing } from './unread-body.ts';

/** Writes a whole JSON answer on Node's response; the marker tells Hono that it is done. */
export function sendJson(outgoing: GatewayResponse, status: number, json: string): Response {
  return sendText(outgoing, status, 'application/json', json);
}

/** Writes a whole answer of any text type. */
export function sendText(outgoing: GatewayResponse, status: number, contentType: string, text: string): Response {
  if (!outgoing.headersSent && !outgoing.destroyed) {
    const bytes = Buffer.byteLength(text);
    // A refused body may still be arriving: closing is the one clean end, since nobody wants the rest.
    const isClosing = isBodyMissing(outgoing.req);
    if (isClosing) outgoing.setHeader('Connection', 'close');
    outgoing.sendWhole(status, contentType, text, bytes);
    if (isClosing && !outgoing.asksFirst) discardBody(outgoing.req, () => outgoing.end());
    else outgoing.end();
    watchUnread(outgoing, bytes);
  }
  return RESPONSE_ALREADY_SENT;
}

/** 202 without a body: accepted, and nothing to say. */
export function sendAccepted(outgoing: GatewayResponse): Response {
  if (!outgoing.headersSent && !outgoing.destroyed) {
    outgoing.sendEmpty(202);
  }
  return RESPONSE_ALREADY_SENT;
}

/** An error before any request could be told apart, framed as JSON-RPC so that clients of both eras can read it. */
export function sendRpcError(
  outgoing: GatewayResponse,
  status: number,
  error: RpcError,
  id: RequestId | null = null,
): Response {
  return sendJson(outgoing, status, errorReply(id, error));
}

/** 429 for a batch: each of its entries counts as a request. */
export function sendTooMany(outgoing: GatewayResponse, retryAfter: number): Response {
  outgoing.setHeader('Retry-After', retryAfter);
  const message = `Each entry of a batch counts as a request (limits.rate); try again in ${retryAfter} s, or send fewer.`;
  return sendRpcError(outgoing, 429, new RpcError(errorCode.refused, message));
}

/** Maps what reading and parsing a JSON-RPC body can throw: a refused body, bad JSON, or a defect (rethrown). */
export function sendBodyError(outgoing: GatewayResponse, error: unknown): Response {
  if (error instanceof BodyRefused) {
    const code = error.status === 400 ? errorCode.parse : errorCode.refused;
    return sendRpcError(outgoing, error.status, new RpcError(code, error.message));
  }
  if (error instanceof RpcError) return sendRpcError(outgoing, 400, error);
  throw error;
}
