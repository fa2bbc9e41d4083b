import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';
import type { GatewayResponse } from '../transports/gateway-response.ts';
import { sendRpcError } from '../transports/respond.ts';

/** Ends a request before any endpoint saw it. The body reads as JSON-RPC and as `error.message` alike. */
export function refuse(outgoing: GatewayResponse, status: number, message: string): Response {
  if (status !== 204) return sendRpcError(outgoing, status, new RpcError(errorCode.refused, message));
  outgoing.statusCode = 204;
  outgoing.end();
  return RESPONSE_ALREADY_SENT;
}
