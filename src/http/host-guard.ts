const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Which Host and Origin headers are let in. Names are compared whole, after parsing, never by prefix or substring. */
export class HostGuard {
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  /** Host headers seen before, because parsing one costs more than the rest of the guards together. */
  readonly #seen = new Map<string, boolean>();

  /**
   * `hosts`: names with or without a port (without one, any port), beside the loopback names that always pass.
   * `origins`: whole origins, beside those of loopback names.
   */
  constructor(hosts: readonly string[], origins: readonly string[]) {
    this.#hosts = new Set(hosts.map((host) => host.toLowerCase()));
    this.#origins = new Set(origins.map((origin) => origin.toLowerCase()));
  }

  allowsHost(host: string): boolean {
    let allowed = this.#seen.get(host);
    if (allowed === undefined) {
      allowed = this.#allowsHost(host);
      if (this.#seen.size < 1000) this.#seen.set(host, allowed);
    }
    return allowed;
  }

  allowsOrigin(origin: string): boolean {
    const lower = origin.toLowerCase();
    if (this.#origins.has(lower)) return true;
    if (!/^https?:\/\/[^/?#@\\]+$/.test(lower) || !URL.canParse(lower)) return false;
    return loopbackNames.has(new URL(lower).hostname);
  }

  #allowsHost(host: string): boolean {
    // Anything that a URL parser would read as more than a host and a port is not a Host header.
    if (!/^[a-z0-9.\-_[\]:]+$/i.test(host) || !URL.canParse(`http://${host}`)) return false;
    const { hostname, host: withPort } = new URL(`http://${host}`);
    // A URL parser takes 127.1 and 0x7f.1 for 127.0.0.1; names are compared as they are written.
    if (host.toLowerCase().replace(/:\d*$/, '') !== hostname) return false;
    return (
      loopbackNames.has(hostname) ||
      this.#hosts.has(hostname) ||
      this.#hosts.has(withPort) ||
      this.#hosts.has(host.toLowerCase())
    );
  }
}
