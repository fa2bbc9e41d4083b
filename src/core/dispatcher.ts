import * as v from 'valibot';
import type { Call } from './call.ts';
import { CallContext } from './call-context.ts';
import { type ContentBlock, RichResult } from './content.ts';
import { GatewayError } from './errors.ts';
import type { BoundTool, Face } from './face.ts';
import { stringifyResult } from './json.ts';
import type { PluginInstance } from './plugin.ts';
import type { RunningPlugin } from './running-plugin.ts';
import { describeIssues, nearestKey } from './schema-issues.ts';
import type { ToolContext } from './tool.ts';

export interface DispatchLimits {
  /** Milliseconds a call may take where its tool names no time of its own. */
  readonly callTimeoutMs: number;
  /** Characters of JSON that one result may have. */
  readonly resultBytes: number;
}

/** A tool call that went well: its data and the data's JSON (made once), the text for a model, and any rich content. */
export interface ToolOutcome {
  readonly data: unknown;
  readonly json: string | undefined;
  readonly text: string | undefined;
  readonly content: readonly ContentBlock[];
}

/** A call whose tool was found and whose arguments fit it. */
export interface PreparedCall {
  readonly bound: BoundTool;
  readonly name: string;
  readonly input: unknown;
}

/** Runs one tool call in place: find, authorise, parse, deadline, run, check. Throws as its two halves below do. */
export function callTool(
  face: Face,
  name: string,
  args: unknown,
  call: Call,
  limits: DispatchLimits,
): Promise<ToolOutcome> | ToolOutcome {
  const prepared = prepareCall(face, name, args);
  refuseOutsideTask(prepared);
  return runTool(prepared, call, limits);
}

/** Finds the tool and parses its arguments; throws GatewayError for what the caller can mend. */
export function prepareCall(face: Face, name: string, args: unknown): PreparedCall {
  const bound = findTool(face, name);
  if (Array.isArray(args))
    throw new GatewayError(
      'invalid_input',
      `Invalid arguments for ${name}: expected an Object of arguments by name, not a list.`,
    );
  const input = v.safeParse(bound.tool.input, args ?? {});
  if (!input.success) {
    throw new GatewayError(
      'invalid_input',
      `Invalid arguments for ${name}: ${describeIssues(bound.tool.input, input.issues)}`,
    );
  }
  return { bound, name, input: input.output };
}

/** Throws `unsupported` for a tool that runs only as a task. */
export function refuseOutsideTask({ bound, name }: PreparedCall): void {
  if (bound.tool.task?.support !== 'required') return;
  throw new GatewayError(
    'unsupported',
    `${name} runs only as a task: use revision 2026-07-28 and declare the extension io.modelcontextprotocol/tasks.`,
  );
}

/**
 * Runs a prepared call. The only place that calls a tool's handler.
 * Throws (or rejects with) GatewayError for everything a caller can mend; anything else is a defect.
 */
export function runTool(
  { bound, name, input }: PreparedCall,
  call: Call,
  limits: DispatchLimits,
): Promise<ToolOutcome> | ToolOutcome {
  const timeoutMs = bound.tool.timeoutMs ?? limits.callTimeoutMs;
  const returned = withContext(bound.plugin, call, timeoutMs, name, (context) =>
    bound.tool.handler(context, input as never),
  );
  return returned instanceof Promise
    ? returned.then((data) => outcomeOf(bound, data, limits.resultBytes))
    : outcomeOf(bound, returned, limits.resultBytes);
}

/** The tool of that name; throws `unknown_tool` with the nearest one. Rights per key are checked here when keys have them. */
function findTool(face: Face, name: string): BoundTool {
  const bound = face.tools.get(name);
  if (bound) return bound;
  const near = nearestKey(name, [...face.tools.keys()]);
  const hint = near ? `Did you mean "${near}"?` : 'tools/list names those that exist.';
  throw new GatewayError('unknown_tool', `Unknown tool "${name.slice(0, 100)}" on ${face.name}. ${hint}`);
}

/** Runs a handler of a plugin under the call's deadline, with the context it is promised. */
export function withContext<T>(
  plugin: RunningPlugin,
  call: Call,
  timeoutMs: number,
  what: string,
  run: (context: ToolContext<never>) => Promise<T> | T,
): Promise<T> | T {
  const onDeadline = () =>
    new GatewayError(
      'timeout',
      `${what} was stopped after ${timeoutMs} ms (limits.callTimeout). Ask for less, or raise the limit.`,
    );
  const runOn = (instance: PluginInstance) => run(new CallContext(call, plugin, instance.deps));
  const work = () => {
    const instance = plugin.instance();
    return instance instanceof Promise ? instance.then(runOn) : runOn(instance);
  };
  return call.race(work, timeoutMs, onDeadline);
}

function outcomeOf({ tool, description }: BoundTool, returned: unknown, resultBytes: number): ToolOutcome {
  const rich = returned instanceof RichResult;
  const data = rich ? returned.data : returned;
  const content = rich ? returned.content : [];
  for (const block of content) refuseRelativeUri(block, description.name);
  if (!tool.output) {
    if (!rich)
      throw new GatewayError(
        'invalid_output',
        `${description.name} has no output schema and must return withContent(…).`,
      );
    return { data: undefined, json: undefined, text: undefined, content };
  }
  const checked = v.safeParse(tool.output, data);
  if (!checked.success) {
    throw new GatewayError(
      'invalid_output',
      `${description.name} returned a result that its output schema refuses: ${describeIssues(tool.output, checked.issues)}`,
    );
  }
  const json = stringifyResult(checked.output, resultBytes);
  const text = tool.toText ? tool.toText(checked.output as never) : json;
  return { data: checked.output, json, text, content };
}

/** Clients resolve a relative URI against nothing: LiteLLM drops the whole result. */
function refuseRelativeUri(block: ContentBlock, tool: string): void {
  const uri = block.type === 'resource' ? block.resource.uri : block.type === 'resource_link' ? block.uri : undefined;
  if (uri === undefined || URL.canParse(uri)) return;
  throw new GatewayError(
    'invalid_output',
    `${tool} returned a resource whose URI "${uri.slice(0, 100)}" is not absolute.`,
  );
}
