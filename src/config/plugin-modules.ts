import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GatewayError } from '../core/errors.ts';
import type { Plugin } from '../core/plugin.ts';
import { isBlock } from './problems.ts';

const pluginName = /^[a-z][a-z0-9-]{0,31}$/;

/** First path segments that the gateway itself serves. */
const takenNames = new Set([
  'mcp',
  'sse',
  'message',
  'messages',
  'rpc',
  'tools',
  'health',
  'ready',
  'metrics',
  'events',
]);

/**
 * Loads a plugin that is not built in. `specifier` is a path relative to `folder`, or the name of a package that is installed
 * there or beside the gateway. The module exports what `definePlugin` returned. Throws `bad_config` that says what is wrong.
 */
export async function loadPluginModule(name: string, specifier: string, folder: string): Promise<Plugin> {
  if (!pluginName.test(name) || takenNames.has(name)) {
    throw new GatewayError(
      'bad_config',
      'a plugin is named with up to 32 of a-z, 0-9 and -, beginning with a letter, and not like a path of the gateway',
    );
  }
  let module: Record<string, unknown>;
  try {
    module = await import(locate(specifier, folder));
  } catch (cause) {
    const why = (cause instanceof Error ? cause.message : String(cause)).replace(/ imported from .*$/, '');
    throw new GatewayError('bad_config', `the module ${specifier} cannot be loaded: ${why}`, { cause });
  }
  const plugin = exportedPlugin(module, specifier);
  if (plugin.name === name) return plugin;
  throw new GatewayError(
    'bad_config',
    `${specifier} holds the plugin "${plugin.name}", so this block must have that name`,
  );
}

function exportedPlugin(module: Record<string, unknown>, specifier: string): Plugin {
  if (isPlugin(module.plugin)) return module.plugin;
  const found = [...new Set(Object.values(module).filter(isPlugin))];
  if (found.length === 1 && found[0]) return found[0];
  if (found.length > 1) {
    const names = found.map((plugin) => plugin.name).join(', ');
    throw new GatewayError(
      'bad_config',
      `${specifier} exports several plugins (${names}); export the one to use as plugin`,
    );
  }
  const names = Object.keys(module).join(', ') || 'nothing';
  throw new GatewayError(
    'bad_config',
    `${specifier} exports no plugin (it exports ${names}); export what definePlugin returns as plugin`,
  );
}

function isPlugin(value: unknown): value is Plugin {
  return (
    isBlock(value) &&
    typeof value.name === 'string' &&
    typeof value.parseConfig === 'function' &&
    typeof value.start === 'function' &&
    Array.isArray(value.tools) &&
    isBlock(value.config)
  );
}

function locate(specifier: string, folder: string): string {
  if (specifier.startsWith('file:')) return specifier;
  if (specifier.startsWith('.') || isAbsolute(specifier)) return pathToFileURL(resolve(folder, specifier)).href;
  const require = createRequire(join(folder, 'config.yaml'));
  try {
    return pathToFileURL(require.resolve(specifier)).href;
  } catch {
    // require cannot see packages that only offer `import`, nor those installed beside the gateway
    return importOnlyEntry(specifier, require.resolve.paths(specifier) ?? []) ?? specifier;
  }
}

function importOnlyEntry(name: string, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    const manifest = join(folder, name, 'package.json');
    if (!existsSync(manifest)) continue;
    const { exports }: { exports?: unknown } = JSON.parse(readFileSync(manifest, 'utf8'));
    const entry = importCondition(isBlock(exports) && '.' in exports ? exports['.'] : exports);
    if (entry) return pathToFileURL(join(folder, name, entry)).href;
  }
  return undefined;
}

function importCondition(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (!isBlock(target)) return undefined;
  for (const condition of ['node', 'import', 'default']) {
    const entry = importCondition(target[condition]);
    if (entry) return entry;
  }
  return undefined;
}
