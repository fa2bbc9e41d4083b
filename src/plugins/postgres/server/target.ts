import { userInfo } from 'node:os';
import { badUrl, type Login, splitUrl } from './url-parts.ts';

/** Where a server listens: a host and port, or a Unix socket. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** libpq's `sslmode`; `allow` is read as `prefer`. */
type TlsMode = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

export interface TlsTarget {
  readonly mode: TlsMode;
  /** TLS from the first byte (`sslnegotiation=direct`, PostgreSQL 17 and later). */
  readonly direct: boolean;
  /** Files; `system` as root certificate means the ones that Node trusts. */
  readonly rootCertificate: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly passphrase: string | undefined;
}

/** A database URL, understood: everything that is needed to connect and log in. */
export interface ServerTarget extends Login {
  readonly addresses: readonly [Address, ...Address[]];
  readonly database: string;
  readonly tls: TlsTarget;
  readonly applicationName: string;
  /** libpq's `options`, sent with the login; Neon names its endpoint there. */
  readonly options: string | undefined;
  /** Schemas to search, from Prisma's `schema` or JDBC's `currentSchema`. */
  readonly searchPath: readonly string[];
  readonly connectTimeoutMs: number;
  /** Which of several servers will do; a primary and a standby serve reads alike, so `any` is the usual. */
  readonly role: 'any' | 'primary' | 'standby' | 'prefer-standby';
  /** `host:port/database`, without secrets. */
  readonly shown: string;
  /** Query keys of the URL that mean nothing here and were left out. */
  readonly ignored: readonly string[];
}

/** Keys that belong to other clients or to libpq's details: left out without a word. */
const meaningless = new Set([
  ...['channel_binding', 'pgbouncer', 'connection_limit', 'pool_timeout', 'socket_timeout', 'statement_cache_size'],
  ...['sslsni', 'sslcompression', 'sslaccept', 'sslidentity', 'sslcrl', 'gssencmode', 'krbsrvname', 'client_encoding'],
  ...['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout'],
  ...['fallback_application_name', 'load_balance_hosts', 'require_auth', 'uselibpqcompat', 'passfile', 'service'],
]);

const defaultConnectTimeoutMs = 5000;

/** Understands a `postgres://` URL as libpq does. Throws `bad_config` without ever repeating the URL, which holds the password. */
export function parseTarget(url: string): ServerTarget {
  const parts = splitUrl(url);
  const query = new Map(parts.query);
  const take = (...keys: readonly string[]): string | undefined => {
    let found: string | undefined;
    for (const key of keys) {
      const value = query.get(key);
      if (value) found ??= value;
      query.delete(key);
    }
    return found;
  };
  const user = take('user') ?? (parts.user || userInfo().username);
  const password = take('password') ?? parts.password;
  const database = take('dbname') ?? (parts.database || user);
  const addresses = addressesOf(take('host') ?? parts.hosts, take('port'));
  const searchPath = take('schema', 'currentSchema', 'search_path');
  const target = {
    addresses,
    user,
    password,
    database,
    tls: {
      ...tlsModeOf(take('sslmode', 'ssl')),
      ...(take('sslnegotiation') === 'direct' ? { direct: true } : {}),
      rootCertificate: take('sslrootcert'),
      certificate: take('sslcert'),
      key: take('sslkey'),
      passphrase: take('sslpassword'),
    },
    applicationName: take('application_name') ?? 'mcp-sse-gateway',
    options: take('options'),
    searchPath: searchPath === undefined ? [] : searchPath.split(',').map((schema) => schema.trim()),
    connectTimeoutMs: connectTimeoutOf(take('connect_timeout')),
    role: roleOf(take('target_session_attrs')),
    shown: `${addresses.map(showAddress).join(',')}/${database}`,
  };
  return { ...target, ignored: [...query.keys()].filter((key) => !meaningless.has(key)) };
}

/** `host:port`, or the path of a Unix socket. */
export function showAddress(address: Address): string {
  if ('path' in address) return address.path;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

function addressesOf(hosts: string, portList: string | undefined): [Address, ...Address[]] {
  const ports = portList?.split(',') ?? [];
  const [first = 'localhost', ...rest] = (hosts || 'localhost').split(',');
  const toAddress = (host: string, index: number) =>
    addressOf(host, ports[index] ?? (ports.length === 1 ? ports[0] : undefined));
  return [toAddress(first, 0), ...rest.map((host, index) => toAddress(host, index + 1))];
}

function addressOf(text: string, defaultPort: string | undefined): Address {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(text) ?? [];
  if (port?.includes(':')) throw badUrl('its host cannot be understood; IPv6 addresses stand in brackets');
  const number = Number(port || defaultPort || 5432);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw badUrl('its port is not a number from 1 to 65535');
  }
  if (host.startsWith('/')) return { path: `${host}/.s.PGSQL.${number}` };
  return { host: host.replaceAll(/[[\]]/g, '') || 'localhost', port: number };
}

function tlsModeOf(text: string | undefined): { readonly mode: TlsMode; readonly direct: boolean } {
  switch (text) {
    case undefined:
    case 'prefer':
    case 'allow':
      return { mode: 'prefer', direct: false };
    case 'disable':
    case 'false':
    case '0':
      return { mode: 'disable', direct: false };
    case 'require':
    case 'no-verify':
    case 'true':
    case '1':
      return { mode: 'require', direct: false };
    case 'verify-ca':
    case 'verify-full':
      return { mode: text, direct: false };
    default:
      throw badUrl('its sslmode is not one of disable, prefer, require, verify-ca, verify-full');
  }
}

function connectTimeoutOf(seconds: string | undefined): number {
  if (seconds === undefined) return defaultConnectTimeoutMs;
  const value = Number(seconds);
  if (!Number.isFinite(value) || value < 0) throw badUrl('its connect_timeout is not a number of seconds');
  return value === 0 ? defaultConnectTimeoutMs : Math.min(Math.max(value, 1), 60) * 1000;
}

function roleOf(attributes: string | undefined): ServerTarget['role'] {
  switch (attributes) {
    case undefined:
    case 'any':
      return 'any';
    case 'primary':
    case 'read-write':
      return 'primary';
    case 'standby':
    case 'read-only':
      return 'standby';
    case 'prefer-standby':
      return 'prefer-standby';
    default:
      throw badUrl(
        'its target_session_attrs is not one of any, primary, read-write, standby, read-only, prefer-standby',
      );
  }
}
