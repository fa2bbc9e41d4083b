import * as v from 'valibot';
import { definePlugin, defineTool } from '../../dist/index.js';

/** A plugin of `count` trivial tools, `tool_00` on: one argument in, the same out. */
export function fixturePlugin(count) {
  const tools = Array.from({ length: count }, (_, index) => trivialTool(`tool_${String(index).padStart(2, '0')}`));
  return definePlugin({
    name: 'fixture',
    title: 'Fixture',
    description: 'Trivial tools.',
    config: v.strictObject({}),
    tools,
    start: () => ({}),
  });
}

function trivialTool(name) {
  return defineTool({
    name,
    title: name,
    description: 'Returns its message.',
    input: v.strictObject({ message: v.pipe(v.string(), v.description('What comes back.')) }),
    output: v.object({ message: v.string() }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    handler: (_context, { message }) => ({ message }),
  });
}
