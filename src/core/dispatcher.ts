import * as v from 'valibot';
import type { Call } from './call.ts';
import { CallContext } from './call-context.ts';
import type { CallOutcome, CallRecorder } from './call-record.ts';
import { type ContentBlock, RichResult } from './content.ts';
import { GatewayError } from './errors.ts';
import type { BoundTool, Face } from './face.ts';
import { stringifyResult } from './json.ts';
import type { PluginInstance } from './plugin.ts';
import type { RunningPlugin } from './running-plugin.ts';
import { describeIssues, nearestKey } from './schema-issues.ts';
import type { ToolContext } from './tool.ts';

export interface DispatchOptions {
  /** Milliseconds a call may take where its tool names no time of its own. */
  readonly callTimeoutMs: number;
  /** Bytes of JSON that one result may have. */
  readonly resultBytes: number;
  readonly record: CallRecorder;
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
  /** When its arguments were read, on the clock of `performance`. */
  readonly startedAt: number;
}

/** Runs one tool call in place: find, authorise, parse, deadline, run, check, count. Throws as its two halves below do. */
export function callTool(
  face: Face,
  name: string,
  args: unknown,
  call: Call,
  options: DispatchOptions,
): Promise<ToolOutcome> | ToolOutcome {
  const prepared = prepareCall(face, name, args, call, options);
  refuseOutsideTask(prepared);
  return runTool(prepared, call, options);
}

/** Finds the tool and parses its arguments; throws GatewayError for what the caller can mend. */
export function prepareCall(
  face: Face,
  name: string,
  args: unknown,
  { principal, requestId }: Call,
  { record }: DispatchOptions,
): PreparedCall {
  const startedAt = performance.now();
  const bound = face.tools.get(name);
  try {
    if (!bound) throw unknownTool(face, name);
    return { bound, name, input: parseArguments(bound, name, args), startedAt };
  } catch (error) {
    record({
      plugin: bound?.plugin.plugin.name ?? face.name,
      tool: bound?.tool.name,
      principal: principal.id,
      requestId,
      outcome: outcomeOfError(error),
      ms: performance.now() - startedAt,
      args,
    });
    throw error;
  }
}

function parseArguments({ tool }: BoundTool, name: string, args: unknown): unknown {
  if (Array.isArray(args))
    throw new GatewayError(
      'invalid_input',
      `Invalid arguments for ${name}: expected an Object of arguments by name, not a list.`,
    );
  const input = v.safeParse(tool.input, args ?? {});
  if (input.success) return input.output;
  throw new GatewayError('invalid_input', `Invalid arguments for ${name}: ${describeIssues(tool.input, input.issues)}`);
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
  prepared: PreparedCall,
  call: Call,
  options: DispatchOptions,
): Promise<ToolOutcome> | ToolOutcome {
  const { bound, name, input } = prepared;
  const timeoutMs = bound.tool.timeoutMs ?? options.callTimeoutMs;
  try {
    const returned = withContext(bound.plugin, call, timeoutMs, name, (context) =>
      bound.tool.handler(context, input as never),
    );
    return returned instanceof Promise
      ? settle(prepared, call, options, returned)
      : finish(prepared, call, options, returned);
  } catch (error) {
    ended(prepared, call, options, outcomeOfError(error));
    throw error;
  }
}

async function settle(
  prepared: PreparedCall,
  call: Call,
  options: DispatchOptions,
  running: Promise<unknown>,
): Promise<ToolOutcome> {
  try {
    return finish(prepared, call, options, await running);
  } catch (error) {
    ended(prepared, call, options, outcomeOfError(error));
    throw error;
  }
}

function finish(prepared: PreparedCall, call: Call, options: DispatchOptions, returned: unknown): ToolOutcome {
  const outcome = outcomeOf(prepared.bound, returned, options.resultBytes);
  ended(prepared, call, options, 'ok');
  return outcome;
}

function ended(
  { bound, input, startedAt }: PreparedCall,
  { principal, requestId }: Call,
  { record }: DispatchOptions,
  outcome: CallOutcome,
): void {
  record({
    plugin: bound.plugin.plugin.name,
    tool: bound.tool.name,
    principal: principal.id,
    requestId,
    outcome,
    ms: performance.now() - startedAt,
    args: input,
  });
}

function outcomeOfError(error: unknown): CallOutcome {
  return error instanceof GatewayError ? error.code : 'internal';
}

/** Names the nearest tool. Rights per key are checked beside it when keys have them. */
function unknownTool(face: Face, name: string): GatewayError {
  const near = nearestKey(name, [...face.tools.keys()]);
  const hint = near ? `Did you mean "${near}"?` : 'tools/list names those that exist.';
  return new GatewayError('unknown_tool', `Unknown tool "${name.slice(0, 100)}" on ${face.name}. ${hint}`);
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
