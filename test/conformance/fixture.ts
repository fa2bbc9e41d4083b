import { definePlugin } from 'mcp-sse-gateway';
import * as v from 'valibot';
import { askingTools } from './fixture/asking-tools.ts';
import { contentTools } from './fixture/content-tools.ts';
import { inputRequiredTools } from './fixture/input-required-tools.ts';
import { prompts } from './fixture/prompts.ts';
import { resources, resourceTemplates } from './fixture/resources.ts';
import { type FixtureDeps, streamTools } from './fixture/stream-tools.ts';
import { taskTools } from './fixture/task-tools.ts';

/** The tools, resources and prompts that the official conformance suite looks for, on the public plugin API alone. */
export const conformancePlugin = definePlugin({
  name: 'conformance',
  title: 'Conformance fixture',
  description: 'What the official MCP conformance suite calls.',
  icons: [{ src: 'https://modelcontextprotocol.io/favicon.svg', mimeType: 'image/svg+xml', sizes: ['any'] }],
  config: v.strictObject({}),
  tools: [...contentTools, ...streamTools, ...askingTools, ...inputRequiredTools, ...taskTools],
  resources,
  resourceTemplates,
  prompts,
  start: (_config, host): FixtureDeps => ({ host }),
});
