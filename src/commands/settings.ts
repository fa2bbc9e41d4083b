import { type LoadedConfig, loadConfig } from '../config/load.ts';
import type { Arguments } from './command.ts';

/** Settings that the command line has its own options for, and where they stand in the configuration. */
const settingOptions: Readonly<Record<string, readonly string[]>> = {
  host: ['server', 'host'],
  port: ['server', 'port'],
  mode: ['server', 'mode'],
};

/** The configuration that a command line names. The plugins are imported only now, since `--help` needs none of them. */
export async function loadSettings(args: Arguments): Promise<LoadedConfig> {
  const { builtInPlugins } = await import('../plugins/index.ts');
  const overrides = Object.entries(settingOptions).flatMap(([option, path]) => {
    const value = args.text(option);
    return value === undefined ? [] : [{ path, value, origin: `--${option}` }];
  });
  return loadConfig({ builtIn: builtInPlugins, file: args.text('config'), envFile: args.text('env-file'), overrides });
}
