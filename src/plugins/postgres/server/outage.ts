import { GatewayError } from '../../../core/errors.ts';
import { type ServerTarget, showAddress } from './target.ts';

/** Why a database cannot be reached, and what would mend it. Neither holds a secret. */
export interface Outage {
  readonly reason: string;
  readonly fix: string;
  /** Whether only a person can end it (wrong password, no such database): it is then tried again less often. */
  readonly lasting: boolean;
  /** Whether the server is well and merely takes no further connection. */
  readonly full: boolean;
}

/** A connection that could not be made. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly outage: Outage;

  constructor(outage: Outage, options?: ErrorOptions) {
    super(outage.reason, options);
    this.outage = outage;
  }
}

/** Puts an outage into the words that every caller is answered with while it lasts. */
export function unavailable(target: string, outage: Pick<Outage, 'reason' | 'fix'>): GatewayError {
  return new GatewayError('unavailable', `The database ${target} is not available: ${outage.reason}. ${outage.fix}`);
}

const checkAddress = 'Start the server, or correct host and port in plugins.postgres.databases';

/** What a failed attempt to connect means: of the network, of TLS, or an error that the server sent during the login. */
export function outageOf(error: unknown, target: ServerTarget): Outage {
  if (error instanceof ConnectError) return error.outage;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  return networkOutage(code, message, target) ?? tlsOutage(code, message) ?? loginOutage(code, message, target);
}

/** An outage that may pass by itself. */
export function passing(reason: string, fix: string): Outage {
  return { reason, fix: `${fix}; it is tried again every few seconds.`, lasting: false, full: false };
}

/** An outage that lasts until somebody mends it. */
export function lasting(reason: string, fix: string): Outage {
  return { reason, fix: `${fix}.`, lasting: true, full: false };
}

function networkOutage(code: string, message: string, target: ServerTarget): Outage | undefined {
  const where = target.addresses.map(showAddress).join(', ');
  switch (code) {
    case 'ECONNREFUSED':
      return passing(`connection refused by ${where}`, checkAddress);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return passing(`the host name of ${where} cannot be resolved (${code})`, checkAddress);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return passing(`${where} cannot be reached (${code})`, 'Check the network between the gateway and the server');
    case 'ENOENT':
      return passing(`there is no Unix socket ${where}`, checkAddress);
    case 'EACCES':
    case 'EPERM':
      return lasting(`the gateway may not open ${where} (${code})`, 'Let its user use that socket');
    case 'ECONNRESET':
    case 'EPIPE':
    case 'CONNECTION_CLOSED':
    case 'CONNECTION_DESTROYED':
      return passing(
        `${where} closed the connection before the login was done`,
        `Check that a PostgreSQL server listens there`,
      );
    default:
      // Node gathers the failures of several addresses of one name; the first one tells.
      return message === '' && code !== ''
        ? passing(`connecting to ${where} failed (${code})`, checkAddress)
        : undefined;
  }
}

function tlsOutage(code: string, message: string): Outage | undefined {
  if (/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_UNTRUSTED|CERT_SIGNATURE)/.test(code)) {
    return lasting(
      `its TLS certificate is signed by an authority that is not trusted here (${code})`,
      'Add sslrootcert=/path/to/ca.pem to the URL, or sslmode=require to encrypt without checking whose certificate it is',
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return lasting(`its TLS certificate is not valid now (${code})`, 'Renew the certificate, or correct the clock');
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return lasting(
      'its TLS certificate is for another host name',
      'Use the name that the certificate carries, or sslmode=verify-ca to check only who signed it',
    );
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code.startsWith('ERR_OSSL')) {
    const why = message.replaceAll(/\s+/g, ' ').slice(0, 200);
    return lasting(
      `TLS could not be set up (${why})`,
      'Check sslmode, sslcert and sslkey in the URL against the server',
    );
  }
  return undefined;
}

function loginOutage(code: string, message: string, target: ServerTarget): Outage {
  const said = message.slice(0, 300);
  switch (code) {
    case '28P01':
    case 'SASL_SIGNATURE_MISMATCH':
      return lasting(
        `authentication failed for user "${target.user}"`,
        'Correct user and password in the database URL',
      );
    case '28000':
      return lasting(
        `the server does not let user "${target.user}" in (${said})`,
        'Correct the user, add sslmode=require if the server wants encryption, or extend its pg_hba.conf',
      );
    case '3D000':
      return lasting(
        `database "${target.database}" does not exist`,
        'Correct the database name at the end of the URL, or create it',
      );
    case '42501':
      return lasting(
        `user "${target.user}" may not connect to "${target.database}"`,
        'GRANT CONNECT ON DATABASE to that user',
      );
    case '53300':
      return {
        ...passing(
          'the server has too many connections',
          'Raise its max_connections, or lower plugins.postgres.pool.max',
        ),
        full: true,
      };
    case '57P01':
    case '57P02':
    case '57P03':
      return passing(`the server is starting or stopping (${said})`, 'Wait until it is up');
    default:
      if (/^[0-9A-Z]{5}$/.test(code))
        return lasting(`the server refused the login (${code}: ${said})`, 'Check the database URL');
      return passing(`connecting failed (${[code, said].filter(Boolean).join(': ')})`, checkAddress);
  }
}
