import { Socket } from 'node:net';
import { Agent, buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { GatewayError } from '../../../core/errors.ts';
import type { FetchSettings } from '../config.ts';
import type { AddressPolicy } from './address-policy.ts';
import { guardedLookup, type Resolver } from './guarded-lookup.ts';
import type { OwnAddresses } from './own-addresses.ts';
import { isSelf, notPublic } from './url-rules.ts';

const connectTimeoutMs = 10_000;
const limits = { maxHeaderSize: 32_768, pipelining: 1, keepAliveTimeout: 10_000 } as const;

export type AgentSettings = Pick<FetchSettings, 'timeoutMs' | 'proxy'>;

/**
 * The only thing in the plugin that opens sockets. Every name is resolved by the guarded lookup, and the address is
 * checked again once connected, before a byte is sent; there it must also not be the gateway's `own`. `authorities`: PEM
 * certificates in the place of the usual ones.
 */
export function guardedAgent(
  settings: AgentSettings,
  policy: AddressPolicy,
  resolve: Resolver,
  own: OwnAddresses,
  authorities?: readonly string[],
): Dispatcher {
  const tls = authorities === undefined ? {} : { ca: [...authorities] };
  const timeouts = { headersTimeout: settings.timeoutMs, bodyTimeout: settings.timeoutMs };
  if (settings.proxy !== undefined) {
    return new ProxyAgent({
      uri: settings.proxy,
      requestTls: tls,
      proxyTls: tls,
      proxyTunnel: false, // for http only: many proxies refuse CONNECT to other ports than those of TLS
      factory: (origin, options) => new Pool(origin, { ...options, ...limits, ...timeouts }),
      ...limits,
      ...timeouts,
    });
  }
  const connect = buildConnector({ lookup: guardedLookup(resolve, policy), timeout: connectTimeoutMs, ...tls });
  return new Agent({ connect: recheckingConnector(connect, policy, own), ...limits, ...timeouts });
}

function recheckingConnector(
  connect: buildConnector.connector,
  policy: AddressPolicy,
  own: OwnAddresses,
): buildConnector.connector {
  return (options, done) => {
    const refusalOf = ({ remoteAddress = '', remotePort }: Socket) => {
      if (!policy.permits(remoteAddress)) return new GatewayError('denied', notPublic(options.hostname));
      return own.has(remoteAddress, remotePort) ? isSelf(`${options.hostname}:${remotePort}`) : undefined;
    };
    // The declared type hides the socket that undici returns. On TLS it connects, and would say hello, before `done`.
    const socket: unknown = connect(options, (error, connected) => {
      if (error) return done(error, null);
      const refusal = refusalOf(connected);
      if (!refusal) return done(null, connected);
      connected.destroy();
      done(refusal, null);
    });
    if (socket instanceof Socket) {
      socket.prependOnceListener('connect', () => {
        const refusal = refusalOf(socket);
        if (refusal) socket.destroy(refusal);
      });
    }
  };
}
