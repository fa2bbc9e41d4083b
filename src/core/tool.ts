import type * as v from 'valibot';
import type { ClientCapability } from './call.ts';
import type { RichResult } from './content.ts';
import type { AskOptions, Elicited } from './elicitation.ts';
import type { Icon } from './icon.ts';
import type { Log, MessageLevel } from './log.ts';
import type { Principal } from './principal.ts';
import type { TaskSupport } from './task.ts';

/** MCP's four hints. All are stated: a client that guesses a missing one guesses the dangerous way. */
export interface ToolAnnotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** What every handler of a plugin (tool, resource, prompt) is given beside its arguments. */
export interface ToolContext<Deps = unknown> {
  /** What the plugin's `start` returned. */
  readonly deps: Deps;
  /** Aborts when the client disconnects or cancels, and at the call's deadline. */
  readonly signal: AbortSignal;
  readonly principal: Principal;
  /** The gateway's own log. */
  readonly log: Log;
  /** Tells the client how far the call is; does nothing where the client did not ask to know. In a task it is the status. */
  progress(done: number, total?: number, message?: string): void;
  /** Sends MCP `notifications/message` to the client, at or above the level it asked for. */
  notify(level: MessageLevel, data: unknown): void;
  /** Whether the client can be asked: check before an `elicit`, `sample` or `listRoots` that is not essential. */
  clientSupports(capability: ClientCapability): boolean;
  /**
   * Asks the person for a flat form. Pushed on a session, and waited for in a task; otherwise on 2026-07-28 the call ends
   * with an input-required result and the handler is run again from its start with the answer, so do nothing with side
   * effects before the last `elicit`.
   */
  elicit<Schema extends v.GenericSchema>(
    schema: Schema,
    message: string,
    options?: AskOptions,
  ): Promise<Elicited<v.InferOutput<Schema>>>;
  /** Asks the person to open a web page, for what the client must not see. Same rule as `elicit`. */
  elicitUrl(url: string, message: string, options?: AskOptions): Promise<Elicited<unknown>['action']>;
  /** Asks the client's model (`sampling/createMessage`); `params` and the result are MCP's. Same rule as `elicit`. */
  sample(params: Readonly<Record<string, unknown>>, options?: AskOptions): Promise<unknown>;
  /**
   * Asks the client for its roots (`roots/list`). Same rule as `elicit`. A session keeps the answer until the client says
   * that its roots changed; a client that does not answer within ten seconds is given up. Where the client refuses, the
   * error's `details.rpcCode` is its code.
   */
  listRoots(options?: AskOptions): Promise<unknown>;
  /**
   * Makes the call a task from here on, where its tool has `task` and the client can follow one; true where it is one
   * now. What is asked before is asked in the call itself, what is asked after within the task.
   */
  continueAsTask(): boolean;
  /**
   * Lets the client's connection go while the call runs on, so that none is held open for long: on a 2025-11-25 session
   * the client comes back for the answer (SSE polling). Does nothing where the client could not.
   */
  releaseConnection(): void;
}

export type ObjectSchema = v.GenericSchema<Record<string, unknown>, Record<string, unknown>>;

/** The data a tool returns: what its output schema accepts, or nothing but content where it has no output schema. */
export type ToolResult<Output extends ObjectSchema | undefined> = Output extends ObjectSchema
  ? v.InferInput<Output> | RichResult<v.InferInput<Output>>
  : RichResult<undefined>;

/**
 * A tool is a value: both schemas, the promise about side effects, and the handler. Everything clients see is derived
 * from it once, at start. `in Deps` makes a tool that wants more than its plugin's `start` returns a type error.
 */
export interface Tool<
  in Deps = never,
  Input extends ObjectSchema = ObjectSchema,
  Output extends ObjectSchema | undefined = ObjectSchema | undefined,
> {
  /** `[a-z0-9_]`, unique in its plugin; on the aggregate it is `{plugin}__{name}`, at most 64 characters. */
  readonly name: string;
  readonly title: string;
  /** One sentence for the model. */
  readonly description: string;
  /** A strict object: a misspelt argument is named back to the model. */
  readonly input: Input;
  /** A plain object: keys it does not name are stripped, so nothing leaks by accident. */
  readonly output?: Output;
  readonly annotations: ToolAnnotations;
  readonly icons?: readonly Icon[];
  /** For calls that may take long; without it a call is answered in place. */
  readonly task?: TaskSupport;
  /** Milliseconds; overrides `limits.callTimeout` for a tool that is known to be slow. */
  readonly timeoutMs?: number;
  /** The text a model reads beside the structured data; compact JSON of the data where absent. */
  toText?(output: Output extends ObjectSchema ? v.InferOutput<Output> : never): string;
  handler(context: ToolContext<Deps>, input: v.InferOutput<Input>): Promise<ToolResult<Output>> | ToolResult<Output>;
}

/** Names the types of a tool literal; returns it unchanged. */
export function defineTool<Deps, Input extends ObjectSchema, Output extends ObjectSchema | undefined = undefined>(
  tool: Tool<Deps, Input, Output>,
): Tool<Deps, Input, Output> {
  return tool;
}
