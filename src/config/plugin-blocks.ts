import { GatewayError } from '../core/errors.ts';
import type { Plugin } from '../core/plugin.ts';
import { nearestKey } from '../core/schema-issues.ts';
import { parseBlock } from './parse-block.ts';
import { loadPluginModule } from './plugin-modules.ts';
import { isBlock, type Problem } from './problems.ts';
import { type PluginBlock, PluginKeys } from './schema.ts';

export interface PluginBlocks {
  /** The plugins that are on: the built-in ones first, then the others in the order of the file. */
  readonly plugins: readonly Plugin[];
  readonly blocks: ReadonlyMap<string, PluginBlock>;
  readonly problems: readonly Problem[];
}

interface Context {
  readonly builtIn: readonly Plugin[];
  readonly folder: string;
  readonly whole: ReadonlySet<string>;
}

/** Takes each plugin's block apart, loads the plugins that are not built in, and lets every plugin judge its own settings. */
export async function readPluginBlocks(data: unknown, context: Context): Promise<PluginBlocks> {
  const written = new Map(Object.entries(isBlock(data) ? data : {}));
  const names = new Set([...context.builtIn.map(({ name }) => name), ...written.keys()]);
  const plugins: Plugin[] = [];
  const blocks = new Map<string, PluginBlock>();
  const problems: Problem[] = [];
  for (const name of names) {
    const raw = written.get(name) ?? {};
    if (!isBlock(raw)) continue; // the file's own schema says so
    const { enabled, port, module, ...settings } = raw;
    const own = Object.fromEntries(
      Object.entries({ enabled, port, module }).filter(([, value]) => value !== undefined),
    );
    const root = ['plugins', name];
    const keys = parseBlock(PluginKeys, own, root, context.whole);
    problems.push(...keys.problems);
    const block = { enabled: keys.output?.enabled ?? true, port: keys.output?.port, settings };
    blocks.set(name, block);
    if (keys.output?.enabled === false) continue;
    try {
      const plugin = await findPlugin(name, keys.output?.module, context);
      plugins.push(plugin);
      const judged = parseBlock(plugin.config, settings, root, context.whole, Object.keys(PluginKeys.entries));
      problems.push(...judged.problems);
      if (isBlock(judged.input)) blocks.set(name, { ...block, settings: judged.input });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      problems.push({ path: root, message: error.message });
    }
  }
  return { plugins, blocks, problems };
}

async function findPlugin(name: string, module: string | undefined, { builtIn, folder }: Context): Promise<Plugin> {
  const known = builtIn.find((plugin) => plugin.name === name);
  if (known && module === undefined) return known;
  if (known) throw new GatewayError('bad_config', `${name} is built in and takes no module; give yours another name`);
  if (module !== undefined) return loadPluginModule(name, module, folder);
  const valid = builtIn.map((plugin) => plugin.name);
  const near = nearestKey(name, valid);
  const hint = near ? `did you mean "${near}"?` : `built in: ${valid.join(', ')}.`;
  throw new GatewayError('bad_config', `unknown plugin, ${hint} A plugin of your own needs its module here`);
}
