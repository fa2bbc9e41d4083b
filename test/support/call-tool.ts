import * as v from 'valibot';
import { expect } from 'vitest';
import type { ObjectSchema, Tool, ToolContext } from '../../src/core/tool.ts';

/**
 * Calls a tool as the dispatcher does, with its arguments parsed, and checks that its answer is what its output schema says
 * and survives JSON. Returns the data and the text that a model reads.
 */
export async function callTool<Deps, Output extends ObjectSchema>(
  tool: Tool<Deps, ObjectSchema, Output>,
  deps: Deps,
  args: Readonly<Record<string, unknown>> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<{ readonly data: v.InferOutput<Output>; readonly text: string }> {
  if (!tool.output) throw new Error(`${tool.name} has no output schema`);
  const context: ToolContext<Deps> = Object.create({ deps, signal }); // as the gateway's: nothing to spread
  const returned = await tool.handler(context, v.parse(tool.input, args));
  const data = v.parse(tool.output, returned);
  expect(data, 'the output schema names every key that the tool returns').toEqual(returned);
  expect(JSON.parse(JSON.stringify(data)), 'the data survives JSON').toEqual(data);
  return { data, text: tool.toText?.(data as never) ?? '' };
}
