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
