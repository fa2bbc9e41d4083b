/** The error codes of RFC 6750, section 3.1. */
type BearerError = 'invalid_request' | 'invalid_token' | 'insufficient_scope';

/** Why a caller may not pass: the status, words for the reader, and the code that tells a client what to do. */
export class Denial {
  readonly status: 401 | 403 | 503;
  readonly message: string;
  /** Absent where nothing was sent that could be wrong, and where the fault is not the caller's. */
  readonly error: BearerError | undefined;

  constructor(status: 401 | 403 | 503, message: string, error?: BearerError) {
    this.status = status;
    this.message = message;
    this.error = error;
  }
}
