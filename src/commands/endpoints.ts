import type { LoadedConfig } from '../config/load.ts';
import type { Plugin } from '../core/plugin.ts';
import { configuredListeners, type ListenerAddress } from './target.ts';

/** Where a plugin, or the aggregate of all (`plugin: null`), is served; `/sse`, `/mcp` and the rest go behind the URL. */
export interface Endpoint {
  readonly plugin: string | null;
  readonly url: string;
}

/** The endpoints behind each listener: a path per plugin and the aggregate on the common port, the root on a plugin's own. */
export function endpointsOf(plugins: readonly Plugin[], listeners: readonly ListenerAddress[]): Endpoint[] {
  return listeners.flatMap(({ url, plugin }) => {
    if (plugin !== null) return [{ plugin, url }];
    return [...plugins.map(({ name }) => ({ plugin: name, url: `${url}/${name}` })), { plugin: null, url }];
  });
}

/**
 * One endpoint for each plugin, and for the aggregate where there is one, as clients elsewhere reach them: below `url`, else
 * below server.publicUrl, else where the configuration listens. In port mode the host of `url` is taken with each plugin's port.
 */
export function clientEndpoints({ config, plugins }: LoadedConfig, url: string | undefined): Endpoint[] {
  const listeners = configuredListeners(config, plugins);
  const common = url ?? config.server.publicUrl;
  if (common === null) return firstOfEach(endpointsOf(plugins, listeners));
  if (config.server.mode !== 'ports') return endpointsOf(plugins, [{ url: common.replace(/\/+$/, ''), plugin: null }]);
  return url === undefined ? endpointsOf(plugins, listeners) : listeners.map((listener) => onHostOf(url, listener));
}

function onHostOf(url: string, { url: own, plugin }: ListenerAddress): Endpoint {
  const { protocol, hostname } = new URL(url);
  return { plugin, url: `${protocol}//${hostname}:${new URL(own).port}` };
}

function firstOfEach(endpoints: readonly Endpoint[]): Endpoint[] {
  return endpoints.filter(({ plugin }, index) => endpoints.findIndex((other) => other.plugin === plugin) === index);
}
