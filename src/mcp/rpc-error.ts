import { GatewayError, type GatewayErrorCode } from '../core/errors.ts';
import type { Exchange } from './exchange.ts';
import { isModernVersion, type ProtocolVersion } from './versions.ts';

/** JSON-RPC's codes and MCP's own (2026-07-28, basic, "Error Codes"). */
export const errorCode = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Transport-level refusals before 2026-07-28; kept because SDKs of that time show its message. */
  refused: -32000,
  /** 2025-11-25 and earlier only. */
  resourceNotFound: -32002,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022,
} as const;

/** A JSON-RPC error on its way to the wire. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }

  toJSON(): { code: number; message: string; data?: unknown } {
    return { code: this.code, message: this.message, ...(this.data === undefined ? {} : { data: this.data }) };
  }
}

const codes: Partial<Record<GatewayErrorCode, number>> = {
  unknown_tool: errorCode.invalidParams,
  unknown_prompt: errorCode.invalidParams,
  invalid_input: errorCode.invalidParams,
  denied: errorCode.invalidParams,
};

/** -32002 until 2025-11-25, -32602 from 2026-07-28 on (changelog, minor change 6). */
export function resourceNotFoundIn(version: ProtocolVersion): number {
  return isModernVersion(version) ? errorCode.invalidParams : errorCode.resourceNotFound;
}

/**
 * The one place where a failure becomes a JSON-RPC error. A GatewayError speaks for itself; anything else is a defect,
 * logged here with its stack and told to the client only by the request's id.
 */
export function toRpcError(error: unknown, { call, runtime, version }: Exchange): RpcError {
  if (error instanceof RpcError) return error;
  const { requestId } = call;
  if (error instanceof GatewayError) {
    const data = { code: error.code, ...(error.details ?? {}) };
    const code = error.code === 'unknown_resource' ? resourceNotFoundIn(version) : codes[error.code];
    return new RpcError(code ?? errorCode.internal, error.message, data);
  }
  runtime.log.error({ err: error, requestId }, 'unexpected error');
  return new RpcError(errorCode.internal, `Internal error. The gateway's log has it under request ${requestId}.`);
}
