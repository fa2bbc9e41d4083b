import { GatewayError, type GatewayErrorCode } from '../../core/errors.ts';

/** What PostgreSQL tells of an error, by the protocol's field names; the message is in the server's language. */
export interface SqlErrorFields {
  readonly code: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  /** In characters of the text that was sent, from 1. */
  readonly position?: string | undefined;
  readonly where?: string | undefined;
}

/** Details of a GatewayError that a statement's failure on the server became. */
export interface SqlErrorDetails {
  readonly sqlstate: string;
  readonly detail?: string;
  readonly hint?: string;
  /** In characters of the text that was sent, from 1. */
  readonly position?: number;
  readonly where?: string;
}

const messageCharacters = 2000;

/**
 * The GatewayError for an error that PostgreSQL reported for a statement: its own message, what to do where that is
 * known, and SqlErrorDetails. `timeoutMs` is what the statement was allowed.
 */
export function sqlError(fields: SqlErrorFields, timeoutMs: number): GatewayError {
  const [code, advice] = meaningOf(fields.code, timeoutMs);
  const message = fields.message.slice(0, messageCharacters);
  return new GatewayError(code, advice === '' ? message : `${message}. ${advice}`, { details: detailsOf(fields) });
}

function detailsOf({ code, detail, hint, position, where }: SqlErrorFields): Readonly<Record<string, unknown>> {
  const details: SqlErrorDetails = {
    sqlstate: code,
    ...(detail === undefined ? {} : { detail: detail.slice(0, messageCharacters) }),
    ...(hint === undefined ? {} : { hint: hint.slice(0, messageCharacters) }),
    ...(position === undefined ? {} : { position: Number(position) }),
    ...(where === undefined ? {} : { where: where.slice(0, messageCharacters) }),
  };
  return { ...details };
}

function meaningOf(sqlstate: string, timeoutMs: number): [code: GatewayErrorCode, advice: string] {
  switch (sqlstate) {
    case '57014':
      return [
        'timeout',
        `It ran longer than its ${timeoutMs} ms. Ask for less (a narrower WHERE, an indexed column, a LIMIT), or raise timeout_ms if the gateway allows more.`,
      ];
    case '55P03':
      return ['timeout', 'Another session holds a lock on what it reads. Try again when that session is done.'];
    case '25006':
      return ['denied', 'Statements run read-only here, and nothing was changed.'];
    case '42501':
      return ['denied', "The gateway's database user lacks that right; a GRANT would give it."];
    case '08P01':
    case '42P18':
      return [
        'invalid_input',
        'Give params exactly one value for each of $1, $2, …, and cast it where its type is not clear, as in $1::int.',
      ];
    case '53200':
    case '54001':
    case '54000':
      return ['too_large', 'The statement needs more than the server gives it. Ask for less.'];
    default:
      return ['upstream', ''];
  }
}
