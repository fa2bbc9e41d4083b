// Held by the type check alone: what must not compile is marked, and an unused mark is an error.
import { definePlugin, defineTool, type ToolContext, withContent } from 'mcp-sse-gateway';
import * as v from 'valibot';

const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

interface Clock {
  now(zone: string): Promise<string>;
}

const time = defineTool({
  name: 'time',
  title: 'Time',
  description: 'Says what time it is.',
  input: v.strictObject({ zone: v.optional(v.string(), 'UTC') }),
  output: v.object({ time: v.string() }),
  annotations,
  toText: ({ time: text }) => text,
  handler: async ({ deps }: ToolContext<Clock>, { zone }) => ({ time: await deps.now(zone) }),
});

const picture = defineTool({
  name: 'picture',
  title: 'Picture',
  description: 'Shows a picture.',
  input: v.strictObject({}),
  annotations,
  handler: (_context: ToolContext) => withContent([{ type: 'image', data: '', mimeType: 'image/png' }]),
});

// Tools of different deps and schemas stand in one list, without a cast.
export const plugin = definePlugin({
  name: 'clock',
  title: 'Clock',
  description: 'Tells the time.',
  config: v.strictObject({ zone: v.optional(v.string(), 'UTC') }),
  tools: [time, picture],
  start: ({ zone }) => ({ now: async (wanted: string) => `${wanted} ${zone.toLowerCase()}` }),
});

export const missesDeps = definePlugin({
  name: 'clock',
  title: 'Clock',
  description: 'Tells the time.',
  config: v.strictObject({}),
  tools: [time],
  // @ts-expect-error: the tool asks for more than start returns
  start: () => ({ later: () => 'soon' }),
});

export const wrongResult = defineTool({
  name: 'wrong',
  title: 'Wrong',
  description: 'Returns what its output schema refuses.',
  input: v.strictObject({}),
  output: v.object({ count: v.number() }),
  annotations,
  // @ts-expect-error: a text is no number
  handler: (_context: ToolContext) => ({ count: 'three' }),
});

// @ts-expect-error: all four hints must be stated
export const halfHints = defineTool({ ...time, annotations: { readOnlyHint: true } });

export const closedContext = defineTool({
  ...picture,
  handler: (context: ToolContext<Clock>) => {
    // @ts-expect-error: deps has only what its type says
    context.deps.later();
    return withContent([]);
  },
});
