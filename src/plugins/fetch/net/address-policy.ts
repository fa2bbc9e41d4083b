import { BlockList, isIP } from 'node:net';
import { GatewayError } from '../../../core/errors.ts';

/** IPv4 that is not the public internet (IANA special-purpose registry), and Azure's WireServer, which no registry lists. */
const privateV4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32'],
];

/**
 * IPv6 is turned around: only global unicast is public, less what is special inside it. So no embedded IPv4 (mapped,
 * SIIT, NAT64, ISATAP) has to be decoded to be refused.
 */
const globalUnicastV6 = ['2000::/3'];
const specialV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

/** Never reached, whatever the operator allows: credentials of the machine itself, and what names no host. */
const neverV4 = ['0.0.0.0/8', '169.254.0.0/16', '168.63.129.16/32', '100.100.100.200/32', '224.0.0.0/4', '240.0.0.0/4'];
const neverV6 = ['::/128', 'fe80::/10', 'ff00::/8', 'fd00:ec2::254/128', 'fd20:ce::254/128'];

/** Decides which addresses may be connected to. */
export class AddressPolicy {
  readonly #refusedV4 = blockList(privateV4, 'ipv4');
  readonly #globalV6 = blockList(globalUnicastV6, 'ipv6');
  readonly #specialV6 = blockList(specialV6, 'ipv6');
  readonly #never = { 4: blockList(neverV4, 'ipv4'), 6: blockList(neverV6, 'ipv6') };
  readonly #allowed: { readonly 4: BlockList; readonly 6: BlockList };

  /** `privateNetworks` are CIDR ranges; throws `bad_config` on one that is not. */
  constructor(privateNetworks: readonly string[]) {
    const family = (cidr: string) => isIP(cidr.split('/', 1)[0] ?? '');
    for (const cidr of privateNetworks) if (family(cidr) === 0) throw badRange(cidr);
    this.#allowed = {
      4: blockList(
        privateNetworks.filter((cidr) => family(cidr) === 4),
        'ipv4',
      ),
      6: blockList(
        privateNetworks.filter((cidr) => family(cidr) === 6),
        'ipv6',
      ),
    };
  }

  /** Whether the address may be connected to; false for anything that is not an IP address. A zone id is ignored. */
  permits(address: string): boolean {
    const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/s, '');
    const family = isIP(bare);
    if (family === 4) {
      if (this.#never[4].check(bare, 'ipv4')) return false;
      return this.#allowed[4].check(bare, 'ipv4') || !this.#refusedV4.check(bare, 'ipv4');
    }
    if (family === 6) {
      // A BlockList also holds a mapped address against its IPv4 rules; those must not let it in by another door.
      if (isMapped(bare) || this.#never[6].check(bare, 'ipv6')) return false;
      if (this.#allowed[6].check(bare, 'ipv6')) return true;
      return this.#globalV6.check(bare, 'ipv6') && !this.#specialV6.check(bare, 'ipv6');
    }
    return false;
  }
}

const mapped = blockList(['::ffff:0:0/96'], 'ipv6');

function isMapped(address: string): boolean {
  return mapped.check(address, 'ipv6');
}

function blockList(cidrs: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', prefix] = cidr.split('/');
    try {
      list.addSubnet(network, prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family);
    } catch (cause) {
      throw badRange(cidr, cause);
    }
  }
  return list;
}

function badRange(cidr: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'bad_config',
    `plugins.fetch.privateNetworks: "${cidr}" is not a CIDR range such as 10.0.0.0/8`,
    {
      cause,
    },
  );
}
