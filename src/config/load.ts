import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { GatewayError } from '../core/errors.ts';
import type { Plugin } from '../core/plugin.ts';
import { readSource, type SourceFile } from './config-source.ts';
import { dataFolder } from './data-folder.ts';
import { readEnvFile } from './env-file.ts';
import { type Environment, environmentOf } from './environment.ts';
import { audienceProblem, exposureProblem } from './exposure.ts';
import { keyFiles, resolveKeys, withEnvironmentKey } from './keys.ts';
import type { Override } from './overrides.ts';
import { parseBlock } from './parse-block.ts';
import { readPluginBlocks } from './plugin-blocks.ts';
import { portProblems } from './ports.ts';
import { badConfig, type Problem, pathKey } from './problems.ts';
import { ConfigFile, type GatewayConfig } from './schema.ts';

export interface LoadOptions {
  readonly builtIn: readonly Plugin[];
  /** The configuration itself, from a program instead of a file: then no file is looked for, and no environment unless given. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** The configuration file; `config.yaml` in the folder where it is there, else none. */
  readonly file?: string | undefined;
  /** The env file; `sse.env` beside the configuration file where it is there, else none. */
  readonly envFile?: string | undefined;
  /** Settings of the command line, which win over everything else. */
  readonly overrides?: readonly Override[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
}

export interface LoadedConfig {
  readonly config: GatewayConfig;
  /** The plugins that are on. */
  readonly plugins: readonly Plugin[];
  /** The file it came from; undefined where it is all defaults and environment. */
  readonly file: string | undefined;
  readonly envFile: string | undefined;
  /** The key in MCP_GATEWAY_KEY or its file: what this machine's own client commands send. */
  readonly environmentKey: string | undefined;
}

/**
 * Makes the configuration from a file, the environment and the command line, later ones winning. The only reader of the
 * environment. Throws one `bad_config` with every problem, each with its place, its path and the nearest valid key.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const { builtIn, data, cwd = process.cwd(), platform = process.platform } = options;
  const env = options.env ?? (data ? {} : process.env);
  const file = data ? undefined : findFile(options.file, cwd);
  const folder = file ? dirname(file.path) : cwd;
  const envFile = data ? undefined : findEnvFile(options.envFile, cwd, folder);
  const environment = environmentOf(env, envFile ? readEnvFile(envFile, platform) : {});

  const source = await readSource({
    file,
    data,
    environment,
    builtIn: builtIn.map(({ name }) => name),
    commandLine: options.overrides ?? [],
  });
  const parsed = parseBlock(ConfigFile, source.data, [], source.whole);
  const { plugins, blocks, problems } = await readPluginBlocks(source.data.plugins, {
    builtIn,
    folder,
    whole: source.whole,
  });
  const auth =
    parsed.output?.auth ?? parseBlock(ConfigFile.entries.auth, source.data.auth, ['auth'], source.whole).output;
  const { keys, problems: keyProblems } = resolveKeys(auth?.keys ?? [], folder);
  const off = [...blocks].filter(([, block]) => !block.enabled).map(([name]) => name);
  const all = [
    ...source.problems.filter(({ path }) => !(path[0] === 'plugins' && off.includes(String(path[1])))),
    ...withoutRepeats([...parsed.problems, ...problems, ...keyProblems], source.problems),
  ];
  if (!parsed.output || all.length > 0) throw badConfig(all.map(source.place));

  const { audit } = parsed.output;
  const auditFile = audit.file === null ? null : resolve(folder, audit.file);
  const config: GatewayConfig = {
    ...parsed.output,
    audit: { ...audit, file: auditFile },
    auth: {
      ...parsed.output.auth,
      keys: withEnvironmentKey(keys, environment.get('MCP_GATEWAY_KEY'), parsed.output.auth.jwt !== null),
    },
    dataFolder: dataFolder(parsed.output.dataFolder, folder, (name) => environment.get(name), platform),
    plugins: blocks,
    privateFiles: [
      ...(file ? [file.path] : []),
      ...(envFile === undefined ? [] : [envFile]),
      ...keyFiles(auth?.keys ?? [], folder),
      ...environment.files,
      ...(auditFile === null ? [] : [auditFile]),
    ],
  };
  const clashes = portProblems(config, plugins);
  const exposure = exposureProblem(config);
  if (exposure !== undefined) clashes.push({ path: ['server', 'host'], message: exposure });
  const audience = audienceProblem(config);
  if (audience !== undefined) clashes.push({ path: ['auth', 'jwt'], message: audience });
  if (clashes.length > 0) throw badConfig(clashes.map(source.place));
  return { config, plugins, file: file?.path, envFile, environmentKey: environmentKey(environment) };
}

function environmentKey(environment: Environment): string | undefined {
  return environment.get('MCP_GATEWAY_KEY') || undefined;
}

function findFile(asked: string | undefined, cwd: string): SourceFile | undefined {
  if (asked !== undefined) return { name: asked, path: resolve(cwd, asked), asked: true };
  const path = join(cwd, 'config.yaml');
  return existsSync(path) ? { name: 'config.yaml', path, asked: false } : undefined;
}

function findEnvFile(asked: string | undefined, cwd: string, folder: string): string | undefined {
  if (asked === undefined) {
    const beside = join(folder, 'sse.env');
    return existsSync(beside) ? beside : undefined;
  }
  const path = resolve(cwd, asked);
  if (!existsSync(path)) throw new GatewayError('bad_config', `the env file ${asked} does not exist`);
  return path;
}

/** A text whose variable is missing also fails its schema: that is said once. */
function withoutRepeats(problems: readonly Problem[], said: readonly Problem[]): readonly Problem[] {
  const places = new Set(said.map(({ path }) => pathKey(path)));
  return problems.filter(({ path }) => !places.has(pathKey(path)));
}
