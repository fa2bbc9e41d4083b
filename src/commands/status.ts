import { isBlock } from '../config/problems.ts';
import { type Arguments, type Command, jsonOption, urlOption } from './command.ts';
import { getJson } from './gateway-client.ts';
import { loadSettings } from './settings.ts';
import { targetOf } from './target.ts';
import { columns, type Output, printable, type Terminal } from './terminal.ts';

interface PluginStatus {
  readonly plugin: string;
  readonly health: Record<string, unknown>;
}

interface GatewayStatus {
  readonly url: string;
  readonly status: string;
  readonly ready: boolean;
  readonly plugins: readonly PluginStatus[];
}

/** `status`: asks the gateway and each of its plugins how they are. */
export const status: Command = {
  name: 'status',
  summary: 'Asks the running gateway how it and its plugins are; exits with 1 where it is not ready.',
  usage: '',
  options: { ...urlOption, ...jsonOption },
  run,
};

async function run({ stdout }: Terminal, args: Arguments): Promise<number> {
  const { listeners, key } = targetOf(args, await loadSettings(args));
  // each port of port mode tells of itself; where there is a common port, it tells of all
  const common = listeners.filter(({ plugin }) => plugin === null);
  const asked = common.length > 0 ? common : listeners;
  const gateways = await Promise.all(asked.map(({ url }) => ask(url, key)));
  if (args.flag('json')) stdout.line(JSON.stringify(gateways.length === 1 ? gateways[0] : gateways, null, 2));
  else for (const gateway of gateways) print(stdout, gateway);
  return gateways.every(({ ready }) => ready) ? 0 : 1;
}

async function ask(url: string, key: string | undefined): Promise<GatewayStatus> {
  const { status: code, body } = await getJson(`${url}/ready`, key);
  const names = Object.keys(isBlock(body.plugins) ? body.plugins : {});
  const plugins = await Promise.all(
    names.map(async (plugin) => ({ plugin, health: await healthOf(url, plugin, key) })),
  );
  return { url, status: String(body.status ?? 'unknown'), ready: code === 200, plugins };
}

/** A plugin's own health: under its path, or at the root of its own port. */
async function healthOf(url: string, plugin: string, key: string | undefined): Promise<Record<string, unknown>> {
  const { status: code, body } = await getJson(`${url}/${plugin}/health`, key);
  return code === 404 ? (await getJson(`${url}/health`, key)).body : body;
}

function print(out: Output, { url, status: state, ready, plugins }: GatewayStatus): void {
  out.line(`${url}  ${out.paint(ready ? 'green' : 'red', state)}`);
  const rows = plugins.map(({ plugin, health }) => [
    plugin,
    String(health.status),
    `${String(health.tools_count)} tools`,
    `up ${String(health.uptime)} s`,
    typeof health.reason === 'string' ? health.reason : '',
  ]);
  for (const line of columns(rows)) out.line(printable(`  ${line}`));
}
