import * as v from 'valibot';
import { GatewayError } from './errors.ts';
import type { ListKind } from './events.ts';
import type { Icon } from './icon.ts';
import type { Log } from './log.ts';
import type { Prompt } from './prompt.ts';
import type { Resource, ResourceTemplate } from './resource.ts';
import { describeIssues } from './schema-issues.ts';
import type { Tool } from './tool.ts';

export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy';

/** How a plugin is. Anything but `healthy` has a reason that a person can act on. */
export interface Health {
  readonly status: HealthStatus;
  readonly reason?: string;
  /** Facts by name, shown only to callers with a key (or on loopback without keys). Never a secret. */
  readonly checks?: Readonly<Record<string, unknown>>;
}

/** What the gateway offers a plugin while it runs. */
export interface PluginHost {
  readonly log: Log;
  /** A folder of the plugin's own under the user's data folder; made on first use by the plugin. */
  readonly dataFolder: string;
  /** Files that the gateway read its configuration and secrets from, absolute: no tool may show or change them. */
  readonly privateFiles: readonly string[];
  /** Origins under which the gateway itself is reached, such as `http://127.0.0.1:8000`, as far as it knows them. */
  readonly ownOrigins?: readonly string[];
  /** Tells subscribed clients that a resource changed. */
  resourceUpdated(uri: string): void;
  /** Tells clients that a list of this plugin (tools, prompts or resources) changed. */
  listChanged(list: ListKind): void;
}

/** A plugin that is up: the type of its deps is known to its own tools only, so nothing downstream is generic. */
export interface PluginInstance {
  readonly deps: unknown;
  health(): Promise<Health>;
  stop(): Promise<void>;
}

/** A plugin as the gateway sees it, with its types erased. Made by `definePlugin` only. */
export interface Plugin {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly icons: readonly Icon[];
  readonly defaultPort: number | undefined;
  readonly config: v.GenericSchema;
  readonly tools: readonly Tool[];
  readonly resources: readonly Resource[];
  readonly resourceTemplates: readonly ResourceTemplate[];
  readonly prompts: readonly Prompt[];
  /** Parses the plugin's own block of config.yaml; throws `bad_config` naming the path and the nearest valid key. */
  parseConfig(raw: unknown): unknown;
  /** Whether this configuration offers the tool at all; one that it does not is hidden, not only refused. */
  offers(config: unknown, tool: Tool): boolean;
  start(config: unknown, host: PluginHost): Promise<PluginInstance>;
}

export interface PluginDefinition<Config extends v.GenericSchema, Deps> {
  /** `[a-z][a-z0-9-]*`: the path prefix, the config key, the prefix of its tools on the aggregate. */
  readonly name: string;
  readonly title: string;
  /** One sentence, sent to clients as the server's instructions. */
  readonly description: string;
  readonly icons?: readonly Icon[];
  /** The port in port mode where the configuration names none. */
  readonly defaultPort?: number;
  /** The plugin's own block of config.yaml, without `port`. */
  readonly config: Config;
  readonly tools: readonly Tool<Deps>[];
  readonly resources?: readonly Resource<Deps>[];
  readonly resourceTemplates?: readonly ResourceTemplate<Deps>[];
  readonly prompts?: readonly Prompt<Deps>[];
  /** Which tools a configuration hides, such as those that write; all are offered where absent. */
  offers?(config: v.InferOutput<Config>, tool: { readonly name: string }): boolean;
  /** A throw leaves the plugin degraded with the error's message, and is retried; it never ends the gateway. */
  start(config: v.InferOutput<Config>, host: PluginHost): Promise<Deps> | Deps;
  health?(deps: Deps): Promise<Health> | Health;
  stop?(deps: Deps): Promise<void> | void;
}

/** Closes over the plugin's configuration and dependencies, and returns it with those types erased. */
export function definePlugin<Config extends v.GenericSchema, Deps>(definition: PluginDefinition<Config, Deps>): Plugin {
  const { name, config } = definition;
  return {
    name,
    title: definition.title,
    description: definition.description,
    icons: definition.icons ?? [],
    defaultPort: definition.defaultPort,
    config,
    // A tool's `deps` come only from the same plugin's `start`: the cast to `never` is what erases their type.
    tools: definition.tools as readonly Tool[],
    resources: (definition.resources ?? []) as readonly Resource[],
    resourceTemplates: (definition.resourceTemplates ?? []) as readonly ResourceTemplate[],
    prompts: (definition.prompts ?? []) as readonly Prompt[],
    parseConfig(raw) {
      const parsed = v.safeParse(config, raw ?? {});
      if (parsed.success) return parsed.output;
      throw new GatewayError('bad_config', describeIssues(config, parsed.issues, `plugins.${name}`));
    },
    offers: (parsed, tool) => definition.offers?.(parsed as v.InferOutput<Config>, tool) ?? true,
    async start(parsed, host) {
      const deps = await definition.start(parsed as v.InferOutput<Config>, host);
      return {
        deps,
        health: async () => (await definition.health?.(deps)) ?? { status: 'healthy' },
        stop: async () => definition.stop?.(deps),
      };
    },
  };
}
