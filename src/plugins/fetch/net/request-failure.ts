import { GatewayError } from '../../../core/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'did not accept a connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept a connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'stopped sending in the middle of its answer',
  UND_ERR_HEADERS_OVERFLOW: 'sent more header bytes than are read',
  UND_ERR_SOCKET: 'closed the connection before its answer was whole',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'sent a different number of bytes than it announced',
  HPE_HEADER_OVERFLOW: 'sent more header bytes than are read',
  ERR_ASSERTION: 'sent what is not an HTTP answer', // undici asserts what its parser lets through
  EPROTO: 'does not speak TLS here (try http:// in place of https://)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS here (try http:// in place of https://)',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'does not speak TLS here (try http:// in place of https://)',
  CERT_HAS_EXPIRED: 'has an expired TLS certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a self-signed TLS certificate (an operator can trust it with plugins.fetch.caFile)',
  SELF_SIGNED_CERT_IN_CHAIN:
    'has a TLS certificate of an unknown authority (an operator can trust it with plugins.fetch.caFile)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a TLS certificate of an unknown authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a TLS certificate for another name',
};

/** Whether the other side closed before it answered, as sites do with a kept connection that they gave up meanwhile. */
export function isClosedConnection(error: unknown): boolean {
  const found = innermost(error);
  return found instanceof Error && 'code' in found && /^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test(String(found.code));
}

/** How long a request might take, and how far it came. */
export interface TimeBudget {
  readonly timeoutMs: number;
  /** What the operator allows at most. */
  readonly limitMs: number;
  /** Whether its turn has not come: nothing was asked of the site. */
  readonly isWaiting: boolean;
}

function timedOut(url: URL, { timeoutMs, limitMs, isWaiting }: TimeBudget): GatewayError {
  const longer = timeoutMs < limitMs ? ' or give a longer timeout_s' : '';
  if (isWaiting) {
    return new GatewayError(
      'timeout',
      `${url.host} was not asked: the call waited ${timeoutMs} ms for its turn, since other calls to this site take long. Try again when they are done, ask for fewer of its pages at once${longer}.`,
    );
  }
  const advice =
    timeoutMs < limitMs
      ? 'Try again, or ask with a longer timeout_s.'
      : 'That is the longest the operator lets a site take (plugins.fetch.timeoutMs). The site is slow or down: try again later, or use another source.';
  return new GatewayError('timeout', `${url.host} was not done after ${timeoutMs} ms. ${advice}`);
}

/** Says in words why a request failed. What is no failure of the network or of the other side is given back as it is. */
export function requestFailure(
  error: unknown,
  url: URL,
  budget: TimeBudget,
  signals: { readonly deadline: AbortSignal; readonly caller: AbortSignal },
): unknown {
  if (error instanceof GatewayError) return error;
  if (signals.caller.aborted) return signals.caller.reason;
  if (signals.deadline.aborted) {
    return timedOut(url, budget);
  }
  const found = innermost(error);
  if (found instanceof GatewayError) return found;
  const code = found instanceof Error && 'code' in found ? String(found.code) : '';
  if (code === 'UND_ERR_INVALID_ARG') {
    return new GatewayError(
      'invalid_input',
      `The request cannot be made: ${String((found as Error).message).slice(0, 200)}.`,
    );
  }
  if (found instanceof Error && found.name === 'HTTPParserError') {
    return new GatewayError('upstream', `${url.host} sent what is not an HTTP answer. Nothing was read.`, {
      cause: error,
    });
  }
  if (!(error instanceof Error) || code === '') return error;
  return new GatewayError(
    'upstream',
    `${url.host} ${reasons[code] ?? `failed (${code.slice(0, 60)})`}. Nothing was read.`,
    {
      cause: error,
    },
  );
}

/** The refusal or system error inside what undici and Happy Eyeballs wrap around it. */
function innermost(error: unknown): unknown {
  if (error instanceof GatewayError || !(error instanceof Error)) return error;
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  if (!('code' in error) && error.cause !== undefined) return innermost(error.cause);
  return error;
}
