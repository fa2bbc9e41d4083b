import { loadConfig } from './config/load.ts';
import { secretsOf } from './config/secrets.ts';
import type { Plugin } from './core/plugin.ts';
import { type Gateway, startGateway as start } from './gateway.ts';
import { createLog, type LineSink } from './log.ts';
import { builtInPlugins } from './plugins/index.ts';

export { titledChoice, titledChoices } from './core/choice.ts';
export {
  type ContentBlock,
  type EmbeddedResource,
  type MediaContent,
  type ResourceContents,
  type ResourceLink,
  type TextContent,
  withContent,
} from './core/content.ts';
export type { AskOptions, Elicited } from './core/elicitation.ts';
export { GatewayError, type GatewayErrorCode } from './core/errors.ts';
export type { Icon } from './core/icon.ts';
export { definePlugin, type Health, type HealthStatus, type Plugin, type PluginHost } from './core/plugin.ts';
export { definePrompt, type Prompt, type PromptArgument, type PromptMessage } from './core/prompt.ts';
export { defineResource, defineResourceTemplate, type Resource, type ResourceTemplate } from './core/resource.ts';
export type { TaskSupport } from './core/task.ts';
export { defineTool, type Tool, type ToolAnnotations, type ToolContext, type ToolResult } from './core/tool.ts';
export type { Gateway } from './gateway.ts';
export { builtInPlugins } from './plugins/index.ts';

export interface StartOptions {
  /** What config.yaml would hold; every key optional. No file and no environment is read beside it. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The plugins to serve; the built-in ones where absent. */
  readonly plugins?: readonly Plugin[];
  /** Takes each line of the log; standard error where absent. */
  readonly logTo?: LineSink;
}

/**
 * Starts a gateway inside this process; resolves when its ports are open. Throws GatewayError `bad_config`, with every
 * problem named, for a configuration that cannot be served.
 */
export async function startGateway(options: StartOptions = {}): Promise<Gateway> {
  const { config, plugins } = await loadConfig({
    builtIn: options.plugins ?? builtInPlugins,
    data: options.config ?? {},
  });
  const log = createLog({
    level: config.log.level,
    secrets: secretsOf(config),
    ...(options.logTo ? { destination: options.logTo } : {}),
  });
  return start({ config, plugins, log, ...(options.logTo ? { logTo: options.logTo } : {}) });
}
