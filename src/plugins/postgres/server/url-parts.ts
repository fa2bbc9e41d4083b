import { GatewayError } from '../../../core/errors.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** The parts of a database URL, decoded; an absent part is an empty string. */
export interface UrlParts extends Login {
  /** Hosts with ports, separated by commas, as they stand in the URL. */
  readonly hosts: string;
  readonly database: string;
  readonly query: readonly (readonly [key: string, value: string])[];
}

/**
 * Splits `scheme://user:password@host:port,host:port/database?key=value`. Not WHATWG's URL parser, which knows no list of
 * hosts, and would quote the password in its errors. A `%` that escapes nothing stands for itself.
 */
export function splitUrl(url: string): UrlParts {
  const [, rest] = /^postgres(?:ql)?:\/\/(.*)$/is.exec(url.trim()) ?? [];
  if (rest === undefined) throw badUrl('it does not start with postgres:// or postgresql://');
  const end = rest.search(/[/?#]/);
  const authority = end === -1 ? rest : rest.slice(0, end);
  const [, path = '', search = ''] = /^([^?#]*)(?:\?([^#]*))?/.exec(end === -1 ? '' : rest.slice(end)) ?? [];
  const pairs = search.split('&').filter((pair) => pair !== '');
  // Without this, a part of the password would be taken for the host or a key, and be shown.
  if (rest.includes('#') || path.includes('@') || pairs.some((pair) => /^[^=]*[@/:?]/.test(pair))) {
    throw badUrl('it seems that its password holds / ? # or @; write / as %2F, ? as %3F, # as %23, @ as %40');
  }
  const at = authority.lastIndexOf('@');
  const login = at === -1 ? '' : authority.slice(0, at);
  const colon = login.indexOf(':');
  return {
    user: decode(colon === -1 ? login : login.slice(0, colon)),
    password: colon === -1 ? '' : decode(login.slice(colon + 1)),
    hosts: decode(authority.slice(at + 1)),
    database: decode(path.slice(1)),
    query: pairs.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals === -1) return [decode(pair), ''] as const;
      return [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))] as const;
    }),
  };
}

function decode(text: string): string {
  const decoded = percentDecoded(text);
  if (decoded.includes('\0')) throw badUrl('it holds a NUL character');
  return decoded;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // an unescaped % in a password: people write it, and libpq's refusal helps nobody
  }
}

/** The error for a URL that cannot be used; `why` must not quote the URL. */
export function badUrl(why: string): GatewayError {
  return new GatewayError(
    'bad_config',
    `The database URL cannot be used: ${why}. Expected postgres://user:password@host:5432/database, or the word embedded.`,
  );
}
