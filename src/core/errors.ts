/** Every way in which a request can fail that is not a defect of the gateway itself. */
export type GatewayErrorCode =
  | 'bad_config'
  | 'unknown_plugin'
  | 'unknown_tool'
  | 'unknown_resource'
  | 'unknown_prompt'
  | 'invalid_input'
  | 'invalid_output'
  | 'denied'
  | 'busy'
  | 'timeout'
  | 'cancelled'
  | 'input_required'
  | 'unavailable'
  | 'too_large'
  | 'unsupported'
  | 'upstream';

export interface GatewayErrorOptions extends ErrorOptions {
  /** Machine-readable facts that a client may see, such as a SQLSTATE. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Says what an object is even where it comes from another copy of this package, as those of a plugin's own install do. */
const brand = Symbol.for('mcp-sse-gateway.GatewayError');

/**
 * A failure that the caller may read: its message says what went wrong and what to do next.
 * Anything thrown that is not a GatewayError is a defect: it is logged with its stack, and clients see only a request id.
 */
export class GatewayError extends Error {
  readonly [brand] = true;
  override readonly name = 'GatewayError';
  readonly code: GatewayErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: GatewayErrorCode, message: string, options?: GatewayErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = options?.details;
  }
}

Object.defineProperty(GatewayError, Symbol.hasInstance, {
  value(this: unknown, candidate: unknown): boolean {
    if (this === GatewayError) return typeof candidate === 'object' && candidate !== null && brand in candidate;
    return Function.prototype[Symbol.hasInstance].call(this, candidate); // a subclass inherits this, and is itself only
  },
});
