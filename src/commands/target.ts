import { isBaseUrl } from '../config/addresses.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { GatewayConfig } from '../config/schema.ts';
import type { Plugin } from '../core/plugin.ts';
import { type Arguments, UsageError } from './command.ts';
import { pluginNamed } from './plugin-named.ts';

/** Where the gateway listens; `plugin` is null for the common port. */
export interface ListenerAddress {
  readonly url: string;
  readonly plugin: string | null;
}

/** The gateway that a client command talks to: nothing but the addresses below this one is ever asked. */
export interface Target {
  readonly listeners: readonly ListenerAddress[];
  readonly key: string | undefined;
}

/**
 * The gateway of `--url` (its base, or one plugin's `/mcp` or `/sse`), or the one that this configuration starts. A key of the configuration goes only to that one; to
 * another host goes only what MCP_GATEWAY_KEY holds, because whoever sets that means it for what they call.
 */
export function targetOf(args: Arguments, { config, plugins, environmentKey }: LoadedConfig): Target {
  const asked = args.text('url');
  const own = configuredListeners(config, plugins);
  const ownKey = environmentKey ?? config.auth.keys[0]?.key;
  if (asked === undefined) return { listeners: own, key: ownKey };
  if (!isBaseUrl(asked)) throw new UsageError('--url must be an http or https URL without credentials and query');
  const [url = '', endpoint] = asked.replace(/\/+$/, '').split(/\/(mcp|sse)$/);
  const plugin = endpoint === undefined ? null : (args.positionals[0] ?? null);
  const origins = [...own.map((listener) => listener.url), config.server.publicUrl].flatMap((known) =>
    known === null ? [] : [new URL(known).origin],
  );
  const isOwn = origins.includes(new URL(url).origin);
  return { listeners: [{ url, plugin }], key: isOwn ? ownKey : environmentKey };
}

/** Where the configuration makes the gateway listen, as a client on this machine reaches it. */
export function configuredListeners(config: GatewayConfig, plugins: readonly Plugin[]): ListenerAddress[] {
  const { host, port, mode } = config.server;
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const name = bare === '0.0.0.0' ? '127.0.0.1' : bare === '::' ? '[::1]' : bare.includes(':') ? `[${bare}]` : bare;
  const common = mode === 'ports' ? [] : [{ url: `http://${name}:${port}`, plugin: null }];
  const own = mode === 'prefix' ? [] : plugins.map((plugin) => ownPort(plugin, config, name));
  return [...common, ...own];
}

function ownPort(plugin: Plugin, config: GatewayConfig, host: string): ListenerAddress {
  const port = config.plugins.get(plugin.name)?.port ?? plugin.defaultPort ?? 0;
  return { url: `http://${host}:${port}`, plugin: plugin.name };
}

/** The base URL of a plugin's endpoints on the target. */
export function baseOf({ listeners }: Target, plugin: string): string {
  const own = listeners.find((listener) => listener.plugin === plugin);
  if (own) return own.url;
  const common = listeners.find((listener) => listener.plugin === null);
  if (common) return `${common.url}/${plugin}`;
  return pluginNamed(
    plugin,
    listeners.map((listener) => ({ name: listener.plugin ?? '', url: listener.url })),
  ).url;
}
