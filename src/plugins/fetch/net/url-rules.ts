import { isIP } from 'node:net';
import { GatewayError } from '../../../core/errors.ts';
import type { FetchSettings } from '../config.ts';
import type { AddressPolicy } from './address-policy.ts';
import { HostList } from './host-list.ts';

const longestUrl = 4096;
const internalSuffixes = [
  ...['localhost', 'local', 'internal', 'localdomain', 'home.arpa', 'lan', 'svc', 'cluster.local', 'corp', 'private'],
  ...['intranet', 'home', 'onion'],
];

export type UrlSettings = Pick<FetchSettings, 'allowHosts' | 'denyHosts' | 'privateHosts' | 'ports'>;

/** What a URL must be before anything is sent, for a caller's URL and for every redirect alike. */
export class UrlRules {
  readonly #addresses: AddressPolicy;
  readonly #allowed: HostList;
  readonly #denied: HostList;
  readonly #internal: HostList;
  readonly #ports: ReadonlySet<number>;
  readonly #own: ReadonlySet<string>;

  /** `ownOrigins` are those of the gateway itself. */
  constructor(settings: UrlSettings, addresses: AddressPolicy, ownOrigins: readonly string[] = []) {
    this.#addresses = addresses;
    this.#allowed = new HostList(settings.allowHosts);
    this.#denied = new HostList(settings.denyHosts);
    this.#internal = new HostList(settings.privateHosts);
    this.#ports = new Set(settings.ports);
    this.#own = new Set(ownOrigins.map((origin) => placeOf(new URL(origin))));
  }

  /**
   * The parsed URL, its host without trailing dots. Throws `invalid_input` for what is no web URL, `denied` for one that
   * may not be fetched. The text is checked before parsing, because parsers forgive what other parsers read differently.
   */
  check(text: string): URL {
    if (text.length > longestUrl) throw invalid(`The URL is longer than ${longestUrl} characters.`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\u0000-\u0020\u007f\\]/.test(text)) {
      throw invalid('The URL contains a space, a control character or a backslash. Percent-encode it.');
    }
    const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1];
    if (authority === undefined) throw invalid('Only absolute http:// and https:// URLs can be fetched.');
    if (authority.includes('@'))
      throw invalid('A URL with a user name or password in it is not fetched. Leave out what stands before the @.');
    return this.#checkParsed(text);
  }

  #checkParsed(text: string): URL {
    if (!URL.canParse(text)) throw invalid('The URL cannot be parsed.');
    const url = new URL(text);
    const host = url.hostname.replace(/\.+$/, '');
    if (host === '') throw invalid('The URL names no host.');
    if (host !== url.hostname) url.hostname = host;
    const port = portOf(url);
    if (!this.#ports.has(port)) {
      throw denied(`Port ${port} is not fetched; allowed are ${[...this.#ports].join(', ')} (plugins.fetch.ports).`);
    }
    this.#checkHost(url.hostname);
    if (this.#own.has(placeOf(url))) throw isSelf(placeOf(url));
    return url;
  }

  #checkHost(host: string): void {
    if (this.#denied.has(host)) throw denied(`The host ${host} is on the operator's list of denied hosts.`);
    if (!this.#allowed.isEmpty && !this.#allowed.has(host)) {
      throw denied(`The host ${host} is not on the operator's list of allowed hosts (plugins.fetch.allowHosts).`);
    }
    const literal = host.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0) {
      if (!this.#addresses.permits(literal)) throw denied(notPublic(host));
    } else if (!this.#internal.has(host) && isInternalName(host)) {
      throw denied(notPublic(host));
    }
  }
}

/** The port that a URL names or means. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/** Host and port, whatever the scheme. */
function placeOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

function isInternalName(host: string): boolean {
  if (!host.includes('.')) return true;
  return internalSuffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
}

/** Says the same of every private host, so that answers tell nothing about the inside of the network. */
export function notPublic(host: string): string {
  return `The host ${host} is not on the public internet, so it is not fetched. Use a public URL.`;
}

/** `place` is a host and port. */
export function isSelf(place: string): GatewayError {
  return denied(`${place} is this gateway itself, which it does not fetch from.`);
}

function invalid(message: string): GatewayError {
  return new GatewayError('invalid_input', message);
}

function denied(message: string): GatewayError {
  return new GatewayError('denied', message);
}
