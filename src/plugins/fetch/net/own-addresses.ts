import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { portOf } from './url-rules.ts';

/**
 * Where the gateway itself listens, by address and port: a name that resolves there would let a caller reach what only
 * this machine may. Names in `ownOrigins` are the URL rules' part, `localhost` apart.
 */
export class OwnAddresses {
  readonly #places = new Set<string>();
  /** Ports on which it listens at every address of the machine. */
  readonly #everywhere = new Set<number>();

  constructor(ownOrigins: readonly string[]) {
    for (const origin of ownOrigins) {
      const url = new URL(origin);
      const port = portOf(url);
      const host = bare(url.hostname);
      if (host === '0.0.0.0' || host === '::') this.#everywhere.add(port);
      else
        for (const address of host === 'localhost' ? ['127.0.0.1', '::1'] : [host])
          this.#places.add(`${address} ${port}`);
    }
  }

  has(address: string | undefined, port: number | undefined): boolean {
    if (address === undefined || port === undefined) return false;
    const host = bare(address);
    if (this.#places.has(`${host} ${port}`)) return true;
    return this.#everywhere.has(port) && isOfThisMachine(host);
  }
}

/** An address as Node writes it, without brackets, zone, or IPv4 mapped into IPv6. */
function bare(address: string): string {
  return address
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/s, '')
    .replace(/^::ffff:(?=\d+\.)/i, '');
}

function isOfThisMachine(address: string): boolean {
  if (isIP(address) === 4 && address.startsWith('127.')) return true;
  // Asked each time: addresses come and go while the gateway runs.
  return Object.values(networkInterfaces()).some((own) => own?.some((entry) => bare(entry.address) === address));
}
