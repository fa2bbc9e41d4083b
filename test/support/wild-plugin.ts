import { definePlugin, defineTool, type ToolContext } from 'mcp-sse-gateway';
import * as v from 'valibot';

const readOnly = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

/** Errors that cannot be walked, or not be read. */
const unreadable: Record<string, () => Error> = {
  'a cycle': () => {
    const error = new AggregateError([], 'goes round');
    error.errors.push(error);
    return error;
  },
  'a long chain': () => {
    let error = new Error('first');
    for (let depth = 0; depth < 20_000; depth++) error = new Error('next', { cause: error });
    return error;
  },
  'a getter that throws': () =>
    Object.defineProperty(new Error('trap'), 'detail', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    }),
};

export const unreadableErrors = Object.keys(unreadable);

const fail = defineTool({
  name: 'fail',
  title: 'Fail',
  description: 'Throws an error that cannot be written down, now or a moment later.',
  input: v.strictObject({ what: v.string(), later: v.boolean() }),
  output: v.object({}),
  annotations: readOnly,
  handler(_context: ToolContext, { what, later }): object | Promise<object> {
    const error = unreadable[what]?.() ?? new Error(what);
    if (!later) throw error;
    return new Promise((_, reject) => setTimeout(reject, 5, error));
  },
});

const forget = defineTool({
  name: 'forget',
  title: 'Forget',
  description: 'Asks, and does not wait for the answer.',
  input: v.strictObject({}),
  output: v.object({ asked: v.boolean() }),
  annotations: readOnly,
  handler({ elicit, sample, listRoots }: ToolContext) {
    void elicit(v.strictObject({ name: v.string() }), 'Who?');
    void sample({ messages: [], maxTokens: 1 });
    void listRoots();
    return { asked: true };
  },
});

const euros = defineTool({
  name: 'euros',
  title: 'Euros',
  description: 'So many signs of three bytes each.',
  input: v.strictObject({ count: v.number() }),
  output: v.object({ text: v.string() }),
  annotations: readOnly,
  handler: (_context: ToolContext, { count }) => ({ text: '€'.repeat(count) }),
});

/** A plugin whose tools do what a careful one does not. */
export function wildPlugin() {
  return definePlugin({
    name: 'wild',
    title: 'Wild',
    description: 'Tools that misbehave.',
    config: v.strictObject({}),
    tools: [fail, forget, euros],
    start: () => ({}),
  });
}
