import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';

/** Segments of plain characters, none of them `.` or `..`. */
const pathForm = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/;

/** The path under which clients see the gateway: from `server.publicUrl`, or as a trusted proxy says per request. */
export class PublicPath {
  readonly #configured: string;
  /** Scheme and host of `server.publicUrl`. */
  readonly #origin: string | undefined;
  readonly #proxies = new BlockList();
  readonly #trustsProxies: boolean;

  constructor(publicUrl: string | null, trustedProxies: readonly string[]) {
    this.#origin = publicUrl === null ? undefined : new URL(publicUrl).origin;
    this.#configured = publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
    this.#trustsProxies = trustedProxies.length > 0;
    for (const proxy of trustedProxies) {
      const [address = '', bits] = proxy.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#proxies.addAddress(address, family);
      else this.#proxies.addSubnet(address, Number(bits), family);
    }
  }

  /** The prefix to put before paths that are told to this client. */
  prefixFor(incoming: IncomingMessage): string {
    if (!this.#trustsProxies) return this.#configured;
    const forwarded = incoming.headers['x-forwarded-prefix'];
    if (typeof forwarded !== 'string' || !this.#isTrusted(incoming.socket.remoteAddress)) return this.#configured;
    const prefix = forwarded.replace(/\/+$/, '');
    return prefix === '' || pathForm.test(prefix) ? prefix : this.#configured;
  }

  /** The URL under which this client sees the gateway, where `server.publicUrl` does not say by the Host it asked for. */
  baseFor(incoming: IncomingMessage): string {
    return `${this.#origin ?? `http://${incoming.headers.host?.toLowerCase()}`}${this.prefixFor(incoming)}`;
  }

  /** The path to route by: a proxy may pass the public prefix on or strip it. */
  route(path: string): string {
    if (this.#configured === '' || !path.startsWith(this.#configured)) return path;
    const rest = path.slice(this.#configured.length);
    return rest === '' ? '/' : rest.startsWith('/') ? rest : path;
  }

  #isTrusted(address: string | undefined): boolean {
    if (address === undefined) return false;
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
    if (mapped) return this.#proxies.check(mapped, 'ipv4');
    return this.#proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
}
