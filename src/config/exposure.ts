import { GatewayError } from '../core/errors.ts';
import { isLoopback } from './addresses.ts';
import type { GatewayConfig } from './schema.ts';

/** What is wrong with server.host where other machines could reach the gateway and nobody would ask them for a key. */
export function exposureProblem({ server, auth }: Pick<GatewayConfig, 'server' | 'auth'>): string | undefined {
  if (isLoopback(server.host) || auth.keys.length > 0 || auth.open) return undefined;
  return (
    `${server.host} can be reached from other machines, and no key is asked. Set a key (MCP_GATEWAY_KEY or auth.keys; ` +
    'make one with: openssl rand -hex 32), or listen on 127.0.0.1, or set auth.open: true if everyone may call'
  );
}

/** Throws `bad_config` for an exposed gateway: the last look before ports are opened, whoever made the configuration. */
export function refuseExposure(config: Pick<GatewayConfig, 'server' | 'auth'>): void {
  const problem = exposureProblem(config);
  if (problem !== undefined) throw new GatewayError('bad_config', `server.host: ${problem}`);
}
