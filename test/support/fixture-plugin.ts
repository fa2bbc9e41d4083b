import { definePlugin, defineTool, GatewayError, type ToolContext } from 'mcp-sse-gateway';
import * as v from 'valibot';

const readOnly = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

const echo = defineTool({
  name: 'echo',
  title: 'Echo',
  description: 'Gives back the text it is given.',
  input: v.strictObject({ text: v.string() }),
  output: v.object({ text: v.string() }),
  annotations: readOnly,
  handler: (_context: ToolContext, { text }) => ({ text }),
});

const wait = defineTool({
  name: 'wait',
  title: 'Wait',
  description: 'Waits, reporting progress in steps, until the time is over or the call is called off.',
  input: v.strictObject({ ms: v.number(), steps: v.optional(v.number(), 1) }),
  output: v.object({ waited: v.number() }),
  annotations: readOnly,
  async handler({ signal, progress, deps }: ToolContext<FixtureDeps>, { ms, steps }) {
    for (let step = 1; step <= steps; step++) {
      await pause(ms / steps, signal, deps);
      progress(step, steps, `step ${step}`);
    }
    return { waited: ms };
  },
});

function pause(ms: number, signal: AbortSignal, deps: FixtureDeps): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      deps.aborted.count++;
      reject(signal.reason);
    });
  });
}

const ask = defineTool({
  name: 'ask',
  title: 'Ask',
  description: 'Asks the person for a name.',
  input: v.strictObject({}),
  output: v.object({ greeting: v.string() }),
  annotations: readOnly,
  async handler({ elicit }: ToolContext) {
    const answer = await elicit(v.strictObject({ name: v.string() }), 'What is your name?');
    return { greeting: answer.action === 'accept' ? `Hello ${answer.content.name}` : answer.action };
  },
});

const fail = defineTool({
  name: 'fail',
  title: 'Fail',
  description: 'Fails in the way it is told.',
  input: v.strictObject({
    how: v.picklist(['clearly', 'by a defect', 'with a bigint', 'in a cycle', 'by its own schema']),
  }),
  output: v.object({ value: v.unknown() }),
  annotations: readOnly,
  handler(_context: ToolContext, { how }) {
    if (how === 'clearly') throw new GatewayError('upstream', 'The upstream said no; ask it nicely.');
    if (how === 'by a defect') throw new TypeError('secret internal detail');
    if (how === 'with a bigint') return { value: 2n ** 70n };
    if (how === 'in a cycle') return { value: cycle() };
    return { wrong: true } as never;
  },
});

function cycle(): object {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  return loop;
}

export interface FixtureDeps {
  /** How many waits were called off. */
  readonly aborted: { count: number };
}

/** A plugin on the public API for tests: `aborted` counts the calls whose signal fired. */
export function fixturePlugin(name = 'fixture', aborted = { count: 0 }) {
  return definePlugin({
    name,
    title: 'Fixture',
    description: 'Tools for tests.',
    config: v.strictObject({}),
    tools: [echo, wait, ask, fail],
    start: (): FixtureDeps => ({ aborted }),
  });
}
