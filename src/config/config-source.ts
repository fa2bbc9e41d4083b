import { readFileSync, statSync } from 'node:fs';
import { GatewayError } from '../core/errors.ts';
import { nearestKey, pathText } from '../core/schema-issues.ts';
import { codeOf, type Environment } from './environment.ts';
import { interpolate } from './interpolate.ts';
import { applyOverride, databaseOverride, environmentOverrides, type Override } from './overrides.ts';
import { badConfig, type ConfigPath, isBlock, type PlacedProblem, type Problem, pathKey, valueAt } from './problems.ts';
import { ConfigFile } from './schema.ts';
import type { ParsedYaml } from './yaml.ts';

const maxFileBytes = 1_048_576;

/** The configuration as it was written, with variables and overrides put in, and the place of everything in it. */
export interface ConfigSource {
  readonly data: Record<string, unknown>;
  /** See `Interpolated.whole`; overrides count as whole too. */
  readonly whole: ReadonlySet<string>;
  /** References that could not be replaced. */
  readonly problems: readonly Problem[];
  place(problem: Problem): PlacedProblem;
}

export interface SourceFile {
  /** As the user calls it. */
  readonly name: string;
  readonly path: string;
  /** Whether the user named it, rather than that it stood there. */
  readonly asked: boolean;
}

export interface SourceOptions {
  readonly file: SourceFile | undefined;
  /** What a program hands over in place of a file. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly environment: Environment;
  /** The names of the built-in plugins. */
  readonly builtIn: readonly string[];
  readonly commandLine: readonly Override[];
}

/** Reads the file, if there is one, and puts the environment and the command line over it. */
export async function readSource(options: SourceOptions): Promise<ConfigSource> {
  const { file, data: given, environment, builtIn, commandLine } = options;
  const yaml = file ? await readYaml(file) : undefined;
  const { value, whole, problems } = interpolate((file ? yaml?.value : given) ?? {}, environment);
  if (!isBlock(value)) throw badConfig([{ place: file?.name, text: 'must be a block of keys' }]);
  const data = withoutEmptyBlocks(value);
  const overrides = [
    ...(builtIn.includes('postgres') ? databaseOverride(environment, valueAt(data, ['plugins', 'postgres'])) : []),
    ...environmentOverrides(environment),
    ...commandLine,
  ];
  for (const override of overrides) applyOverride(data, override);
  const origins = new Map(overrides.map(({ path, origin }) => [pathKey(path), origin]));
  return {
    data,
    whole: new Set([...whole, ...origins.keys()]),
    problems,
    place({ path, message }) {
      const text = path.length > 0 ? `${pathText(path)}: ${message}` : message;
      const origin = originOf(path, origins);
      if (origin !== undefined || !file) return { place: origin, text };
      const line = yaml?.lineOf(path);
      return { place: line === undefined ? file.name : `${file.name}:${line}`, line, text };
    },
  };
}

async function readYaml(file: SourceFile): Promise<ParsedYaml> {
  const { parseYaml } = await import('./yaml.ts');
  let text: string;
  try {
    if (statSync(file.path).size > maxFileBytes) {
      throw new GatewayError('bad_config', `${file.name} is larger than ${maxFileBytes} bytes`);
    }
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file.path));
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    if (cause instanceof TypeError) throw new GatewayError('bad_config', `${file.name} is not UTF-8 text`, { cause });
    throw new GatewayError('bad_config', `${file.name} cannot be read (${codeOf(cause)})`, { cause });
  }
  const yaml = parseYaml(text, file.name);
  if (!file.asked && isBlock(yaml.value)) refuseForeign(file.name, Object.keys(yaml.value));
  return yaml;
}

/** config.yaml is a name that many programs use: one that stands here by chance deserves a better answer than its unknown keys. */
function refuseForeign(name: string, keys: readonly string[]): void {
  const known = Object.keys(ConfigFile.entries);
  if (keys.length === 0 || keys.some((key) => nearestKey(key, known) !== undefined)) return;
  throw new GatewayError(
    'bad_config',
    `${name} in this folder has none of the keys of this program (${known.join(', ')}); name yours with --config`,
  );
}

/** A block whose keys are all commented out is null in YAML and means an empty block. */
function withoutEmptyBlocks(data: Record<string, unknown>): Record<string, unknown> {
  const full = Object.entries(data).filter(([key, value]) => value !== null || key === 'dataFolder');
  const { plugins, ...rest } = Object.fromEntries(full);
  if (!isBlock(plugins)) return Object.fromEntries(full);
  return { ...rest, plugins: Object.fromEntries(Object.entries(plugins).map(([name, block]) => [name, block ?? {}])) };
}

/** The origin of the override that set the value at a path, or a list or block around it. */
function originOf(path: ConfigPath, origins: ReadonlyMap<string, string>): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const origin = origins.get(pathKey(path.slice(0, length)));
    if (origin !== undefined) return origin;
  }
  return undefined;
}
