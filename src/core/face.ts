import { GatewayError } from './errors.ts';
import { type HeaderParameter, headerParameters } from './header-parameter.ts';
import type { Icon } from './icon.ts';
import { describeSchema, type JsonSchema } from './json-schema.ts';
import type { Prompt } from './prompt.ts';
import type { Resource, ResourceTemplate } from './resource.ts';
import type { RunningPlugin } from './running-plugin.ts';
import type { Tool, ToolAnnotations } from './tool.ts';
import { UriTemplate } from './uri-template.ts';

/** What clients see of a tool, in `tools/list`, REST and OpenAPI alike. */
export interface ToolDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema?: JsonSchema;
  readonly annotations: ToolAnnotations;
  readonly icons?: readonly Icon[];
}

export interface BoundTool {
  readonly plugin: RunningPlugin;
  readonly tool: Tool;
  readonly description: ToolDescription;
  /** Undefined where none is mirrored, which is nearly always. */
  readonly headerParameters: readonly HeaderParameter[] | undefined;
}

export interface BoundPrompt {
  readonly plugin: RunningPlugin;
  readonly prompt: Prompt;
  readonly name: string;
}

export interface BoundResource {
  readonly plugin: RunningPlugin;
  readonly resource: Resource;
}

export interface BoundTemplate {
  readonly plugin: RunningPlugin;
  readonly template: ResourceTemplate;
  readonly matcher: UriTemplate;
}

const clientToolName = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * What one endpoint serves: a single plugin, or the aggregate of several. Tables are built once, at start, and are
 * Maps, so `__proto__` is not a tool.
 */
export class Face {
  readonly name: string;
  readonly title: string;
  readonly instructions: string;
  readonly icons: readonly Icon[];
  readonly plugins: readonly RunningPlugin[];
  readonly tools = new Map<string, BoundTool>();
  readonly prompts = new Map<string, BoundPrompt>();
  readonly resources = new Map<string, BoundResource>();
  readonly templates: BoundTemplate[] = [];

  private constructor(
    name: string,
    title: string,
    plugins: readonly RunningPlugin[],
    nameOf: (plugin: string, local: string) => string,
  ) {
    this.name = name;
    this.title = title;
    this.plugins = plugins;
    this.icons = plugins.length === 1 ? (plugins[0]?.plugin.icons ?? []) : [];
    this.instructions = plugins.map(({ plugin }) => plugin.description).join('\n');
    for (const running of plugins) this.#add(running, nameOf);
  }

  /** One plugin, its tools under their own names. */
  static of(running: RunningPlugin): Face {
    return new Face(running.plugin.name, running.plugin.title, [running], (_, local) => local);
  }

  /** Several plugins, each tool as `{plugin}__{tool}`, so that two plugins may have tools of one name. */
  static aggregate(plugins: readonly RunningPlugin[]): Face {
    return new Face('gateway', 'mcp-sse-gateway', plugins, (plugin, local) => `${plugin}__${local}`);
  }

  /** Whether the plugin of that name is behind this face. */
  serves(plugin: string): boolean {
    return this.plugins.some((running) => running.plugin.name === plugin);
  }

  /** Whether calls here may go on as tasks. */
  get hasTasks(): boolean {
    return [...this.tools.values()].some(({ tool }) => tool.task);
  }

  /** A template that the URI fits, with its variables. */
  matchTemplate(
    uri: string,
  ): { readonly bound: BoundTemplate; readonly variables: Record<string, string> } | undefined {
    for (const bound of this.templates) {
      const variables = bound.matcher.match(uri);
      if (variables) return { bound, variables };
    }
    return undefined;
  }

  #add(running: RunningPlugin, nameOf: (plugin: string, local: string) => string): void {
    const { plugin } = running;
    for (const tool of running.tools) {
      const name = nameOf(plugin.name, tool.name);
      if (!clientToolName.test(name)) {
        throw new GatewayError(
          'bad_config',
          `tool name "${name}" is not 1 to 64 characters of [A-Za-z0-9_-], so clients would drop it`,
        );
      }
      put(this.tools, name, bindTool(running, name, tool), 'tool');
    }
    for (const prompt of plugin.prompts) {
      const name = nameOf(plugin.name, prompt.name);
      put(this.prompts, name, { plugin: running, prompt, name }, 'prompt');
    }
    for (const resource of plugin.resources) {
      if (!URL.canParse(resource.uri))
        throw new GatewayError('bad_config', `resource URI "${resource.uri}" is not absolute`);
      put(this.resources, resource.uri, { plugin: running, resource }, 'resource');
    }
    for (const template of plugin.resourceTemplates) {
      this.templates.push({ plugin: running, template, matcher: new UriTemplate(template.uriTemplate) });
    }
  }
}

function put<Value>(map: Map<string, Value>, key: string, value: Value, what: string): void {
  if (map.has(key)) throw new GatewayError('bad_config', `two plugins offer the ${what} "${key}"`);
  map.set(key, value);
}

function bindTool(plugin: RunningPlugin, name: string, tool: Tool): BoundTool {
  const description = describeTool(name, tool);
  const mirrored = headerParameters(description.inputSchema, `tool ${name}`);
  return { plugin, tool, description, headerParameters: mirrored.length > 0 ? mirrored : undefined };
}

/** Derives what clients see of a tool; throws `bad_config` on a schema that cannot be shown. */
export function describeTool(name: string, tool: Tool): ToolDescription {
  return {
    name,
    title: tool.title,
    description: tool.description,
    inputSchema: describeSchema(tool.input, 'input', `tool ${name}`),
    ...(tool.output ? { outputSchema: describeSchema(tool.output, 'output', `tool ${name}`) } : {}),
    annotations: tool.annotations,
    ...(tool.icons ? { icons: tool.icons } : {}),
  };
}
