import { GatewayError } from '../core/errors.ts';
import { isLoopback } from './addresses.ts';
import type { GatewayConfig } from './schema.ts';

type Exposed = Pick<GatewayConfig, 'server' | 'auth'>;

/** Whether callers must say who they are, by a key or a token. */
export function asksWhoCalls({ auth }: Pick<GatewayConfig, 'auth'>): boolean {
  return auth.keys.length > 0 || auth.jwt !== null;
}

/** What is wrong with server.host where other machines could reach the gateway and nobody would ask them for a key. */
export function exposureProblem(config: Exposed): string | undefined {
  const { server, auth } = config;
  if (isLoopback(server.host) || asksWhoCalls(config) || auth.open) return undefined;
  return (
    `${server.host} can be reached from other machines, and no key is asked. Set a key (MCP_GATEWAY_KEY or auth.keys; ` +
    'make one with: openssl rand -hex 32), or auth.jwt, or listen on 127.0.0.1, or set auth.open: true if everyone may call'
  );
}

/**
 * What is wrong with auth.jwt where the audience of tokens would come from the Host header of whoever calls: beyond
 * loopback, or behind a proxy, that would let in a token that its issuer made for a server on somebody's own machine.
 */
export function audienceProblem({ server, auth }: Exposed): string | undefined {
  if (auth.jwt === null || auth.jwt.audience !== null) return undefined;
  if (server.mode === 'prefix' && server.publicUrl !== null) return undefined;
  const isPrivate = isLoopback(server.host) && server.allowedHosts.length === 0 && server.trustedProxies.length === 0;
  if (isPrivate) return undefined;
  return server.mode === 'prefix'
    ? 'set server.publicUrl, which tokens must then name as their audience, or name another one in auth.jwt.audience'
    : `server.mode ${server.mode} has no one public URL that tokens could name; set auth.jwt.audience`;
}

/** Throws `bad_config` for an exposed gateway: the last look before ports are opened, whoever made the configuration. */
export function refuseExposure(config: Exposed): void {
  const exposure = exposureProblem(config);
  if (exposure !== undefined) throw new GatewayError('bad_config', `server.host: ${exposure}`);
  const audience = audienceProblem(config);
  if (audience !== undefined) throw new GatewayError('bad_config', `auth.jwt: ${audience}`);
}
