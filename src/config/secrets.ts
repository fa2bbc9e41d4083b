import type { GatewayConfig } from './schema.ts';

/** Everything in the configuration that no log may show. */
export function secretsOf({ auth, mcp }: Pick<GatewayConfig, 'auth' | 'mcp'>): readonly string[] {
  return [...auth.keys.map(({ key }) => key), ...(mcp.stateSecret === null ? [] : [mcp.stateSecret])];
}
