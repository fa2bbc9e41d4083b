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
  | 'unavailable'
  | 'too_large'
  | 'unsupported'
  | 'upstream';

export interface GatewayErrorOptions extends ErrorOptions {
  /** Machine-readable facts that a client may see, such as a SQLSTATE. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * A failure that the caller may read: its message says what went wrong and what to do next.
 * Anything thrown that is not a GatewayError is a defect: it is logged with its stack, and clients see only a request id.
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: GatewayErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: GatewayErrorCode, message: string, options?: GatewayErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = options?.details;
  }
}
