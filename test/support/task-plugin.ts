import { definePlugin, defineTool, GatewayError, type ToolContext } from 'mcp-sse-gateway';
import * as v from 'valibot';
import { pause } from '../conformance/fixture/hints.ts';

const harmless = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

/** What the tools below did, for tests to look at. */
export interface Seen {
  runs: number;
  aborted: number;
}

interface Deps {
  readonly seen: Seen;
}

const input = v.strictObject({ ms: v.optional(v.number(), 0) });
const output = v.object({ waited: v.number() });

async function wait({ deps, signal, progress }: ToolContext<Deps>, { ms }: { ms: number }) {
  deps.seen.runs++;
  progress(1, 2, 'half way');
  try {
    await pause(ms, signal);
  } catch (error) {
    deps.seen.aborted++;
    throw error;
  }
  return { waited: ms };
}

const common = { title: 'Wait', description: 'Waits.', input, output, annotations: harmless, handler: wait };

const atOnce = defineTool({ ...common, name: 'at_once', task: { support: 'optional' } });
const afterAWhile = defineTool({ ...common, name: 'after_a_while', task: { support: 'optional', afterMs: 150 } });
const onlyAsTask = defineTool({ ...common, name: 'only_as_task', task: { support: 'required' } });
const withOwnTime = defineTool({ ...common, name: 'with_own_time', task: { support: 'optional' }, timeoutMs: 150 });

const ask = defineTool({
  name: 'ask',
  title: 'Ask',
  description: 'Asks twice, one after the other.',
  input: v.strictObject({}),
  output: v.object({ answers: v.array(v.string()) }),
  annotations: harmless,
  task: { support: 'optional' },
  async handler({ deps, elicit }: ToolContext<Deps>) {
    deps.seen.runs++;
    const form = v.object({ word: v.string() });
    const first = await elicit(form, 'First?', { key: 'word' });
    const second = await elicit(form, 'Second?', { key: 'word' });
    return { answers: [first.content?.word ?? first.action, second.content?.word ?? second.action] };
  },
});

const fail = defineTool({
  name: 'fail',
  title: 'Fail',
  description: 'Fails in a way that the caller may read.',
  input: v.strictObject({}),
  annotations: harmless,
  task: { support: 'optional' },
  handler(): never {
    throw new GatewayError('upstream', 'The upstream said no.');
  },
});

/** A plugin whose tools may become tasks; `seen` counts what its handlers did. */
export function taskPlugin(name = 'jobs', seen: Seen = { runs: 0, aborted: 0 }) {
  return definePlugin({
    name,
    title: 'Jobs',
    description: 'Long calls.',
    config: v.strictObject({}),
    tools: [atOnce, afterAWhile, onlyAsTask, withOwnTime, ask, fail],
    start: (): Deps => ({ seen }),
  });
}
