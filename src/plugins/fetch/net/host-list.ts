/** Host names written by an operator: `example.com` is that host, `*.example.com` each of its subdomains. */
export class HostList {
  readonly #exact = new Set<string>();
  readonly #suffixes: string[] = [];

  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) {
      const name = pattern.trim().toLowerCase().replace(/\.+$/, '');
      if (name.startsWith('*.')) this.#suffixes.push(name.slice(1));
      else if (name !== '') this.#exact.add(name);
    }
  }

  get isEmpty(): boolean {
    return this.#exact.size === 0 && this.#suffixes.length === 0;
  }

  /** `host` as `URL.hostname` gives it: lower case, IPv6 in brackets. */
  has(host: string): boolean {
    return this.#exact.has(host) || this.#suffixes.some((suffix) => host.endsWith(suffix));
  }
}
