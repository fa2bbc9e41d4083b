import type { Plugin } from '../core/plugin.ts';
import type { Problem } from './problems.ts';
import type { GatewayConfig } from './schema.ts';

/** In port mode, plugins that have no port or share one. Port 0 is a free one and never shared. */
export function portProblems(config: Pick<GatewayConfig, 'server' | 'plugins'>, plugins: readonly Plugin[]): Problem[] {
  const { mode, port } = config.server;
  if (mode === 'prefix') return [];
  const taken = new Map<number, string>(mode === 'both' ? [[port, 'server.port']] : []);
  return plugins.flatMap(({ name, defaultPort }) => {
    const own = config.plugins.get(name)?.port ?? defaultPort;
    const path = ['plugins', name, 'port'];
    if (own === undefined) return [{ path, message: `required where server.mode is ${mode}, but missing` }];
    const other = taken.get(own);
    if (other !== undefined && own !== 0) return [{ path, message: `${own} is the port of ${other} too` }];
    taken.set(own, path.join('.'));
    return [];
  });
}

/** The origins of the gateway: each port on the address it listens on, and its public one. Port 0 is not known before. */
export function ownOrigins(
  { server, plugins: blocks }: Pick<GatewayConfig, 'server' | 'plugins'>,
  plugins: readonly { readonly name: string; readonly defaultPort: number | undefined }[],
): string[] {
  const { host, port, mode, publicUrl } = server;
  const pluginPorts = plugins.flatMap(({ name, defaultPort }) => blocks.get(name)?.port ?? defaultPort ?? []);
  const ports = [...(mode === 'ports' ? [] : [port]), ...(mode === 'prefix' ? [] : pluginPorts)];
  const named = host.includes(':') ? `[${host}]` : host;
  const listening = ports.filter((own) => own !== 0).map((own) => new URL(`http://${named}:${own}`).origin);
  return publicUrl === null ? listening : [...listening, new URL(publicUrl).origin];
}
