export { type ContentBlock, type ResourceContents, withContent } from './core/content.ts';
export type { Elicited } from './core/elicitation.ts';
export { GatewayError, type GatewayErrorCode } from './core/errors.ts';
export { definePlugin, type Health, type Plugin, type PluginHost } from './core/plugin.ts';
export { definePrompt, type Prompt, type PromptMessage } from './core/prompt.ts';
export { defineResource, defineResourceTemplate, type Resource, type ResourceTemplate } from './core/resource.ts';
export { defineTool, type Tool, type ToolAnnotations, type ToolContext } from './core/tool.ts';
