import * as v from 'valibot';
import { type LoadedConfig, type LoadOptions, loadConfig } from '../../src/config/load.ts';
import { definePlugin } from '../../src/index.ts';
import { folderWith } from '../support/config-folder.ts';

function stub<Config extends v.GenericSchema>(name: string, defaultPort: number, config: Config) {
  return definePlugin({ name, title: name, description: '', defaultPort, config, tools: [], start: () => undefined });
}

const Databases = v.record(
  v.string(),
  v.union([v.string(), v.strictObject({ url: v.pipe(v.string(), v.url()), poolSize: v.optional(v.number(), 4) })]),
);

/** Two plugins with the kinds of settings that plugins have. */
export const builtIn = [
  stub(
    'postgres',
    8001,
    v.strictObject({
      databases: v.optional(Databases, { main: 'embedded' }),
      maxRows: v.optional(v.pipe(v.number(), v.minValue(1)), 100),
      redact: v.optional(v.boolean(), false),
    }),
  ),
  stub('fetch', 8002, v.strictObject({ userAgent: v.optional(v.pipe(v.string(), v.maxLength(10)), 'x') })),
];

export const goodKey = '0123456789abcdef0123456789abcdef';

interface Given {
  readonly yaml?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly options?: Partial<LoadOptions>;
}

/** Loads a configuration from files in a folder of its own and an environment of its own. */
export function load({ yaml, files = {}, env = {}, options = {} }: Given): Promise<LoadedConfig> {
  const cwd = folderWith(yaml === undefined ? files : { ...files, 'config.yaml': yaml });
  return loadConfig({ builtIn, cwd, env, ...options });
}

/** The message that loading fails with; fails the test where it does not fail, or fails with anything but bad_config. */
export async function messageOf(given: Given): Promise<string> {
  const result = await load(given).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (result instanceof Error && 'code' in result && result.code === 'bad_config') return result.message;
  throw result ?? new Error('the configuration was accepted');
}
