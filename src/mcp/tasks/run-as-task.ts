import { Call } from '../../core/call.ts';
import type { Tool } from '../../core/tool.ts';
import { declaresExtension, missingCapability } from '../client-capabilities.ts';
import type { Params } from '../envelope.ts';
import { type Exchange, serverMeta } from '../exchange.ts';
import { clientCapabilitiesOf } from '../meta.ts';
import { toRpcError } from '../rpc-error.ts';
import { tasksDeclaration, tasksExtension } from './extension.ts';
import type { Task } from './task.ts';
import { tooManyTasks } from './task-store.ts';

export interface TaskableCall {
  readonly tool: Tool;
  /** The call as its client made it: it ends with the first answer, result or handle. */
  readonly call: Call;
  /** Whether the call asks its client something right now, so that it ends with the questions. */
  readonly isAsking: () => boolean;
  /** Runs the tool and makes the JSON of its result. */
  readonly run: (call: Call) => Promise<string> | string;
}

/**
 * Runs a call of a tool that may become a task; resolves with its result, or with the handle of the task it became.
 * Throws -32021 where the tool must be a task and the client declared no extension.
 */
export async function runAsTask(exchange: Exchange, params: Params, taskable: TaskableCall): Promise<string> {
  const capabilities = clientCapabilitiesOf(params);
  if (declaresExtension(capabilities, tasksExtension)) return new TaskRun(exchange, capabilities, taskable).answer();
  if (taskable.tool.task?.support === 'required') throw missingCapability(tasksDeclaration);
  return taskable.run(taskable.call);
}

/** The handler's own call, which outlives the one that its client made once it is a task. */
class TaskRun {
  readonly #exchange: Exchange;
  readonly #capabilities: Params;
  readonly #taskable: TaskableCall;
  readonly #inner: Call;
  readonly #handle: Promise<string>;
  #answerWithHandle: (json: string) => void = () => undefined;
  #task: Task | undefined;

  constructor(exchange: Exchange, capabilities: Params, taskable: TaskableCall) {
    const { call } = taskable;
    this.#exchange = exchange;
    this.#capabilities = capabilities;
    this.#taskable = taskable;
    const { client } = call;
    this.#inner = new Call(call.principal, call.requestId, {
      supports: (capability) => client.supports?.(capability) ?? false,
      progress: (done, total, message) => client.progress?.(done, total, message),
      log: (level, data, logger) => client.log?.(level, data, logger),
      ...(client.ask ? { ask: client.ask.bind(client) } : {}),
      continueAsTask: () => this.#continueAsTask(),
    });
    this.#handle = new Promise((resolve) => {
      this.#answerWithHandle = resolve;
    });
    call.signal.addEventListener('abort', () => {
      if (!this.#task && call.cancelled) this.#inner.cancel(call.cancelled);
    });
  }

  async answer(): Promise<string> {
    const { afterMs = 0 } = this.#taskable.tool.task ?? {};
    if (afterMs === 0) this.#continueAsTask();
    const timer = Number.isFinite(afterMs) ? setTimeout(() => this.#promote(), afterMs) : undefined;
    try {
      return await Promise.race([this.#handle, this.#work()]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The result of a call that stayed one; never settles for one that became a task, which keeps its result. */
  async #work(): Promise<string> {
    const { activity } = this.#exchange.runtime;
    activity.begin(this.#inner);
    try {
      const result = await this.#taskable.run(this.#inner);
      if (!this.#task) return result;
      this.#task.complete(result);
    } catch (error) {
      if (!this.#task) throw error;
      if (!this.#task.hasEnded) this.#task.fail(toRpcError(error, this.#exchange));
    } finally {
      activity.end(this.#inner);
      this.#inner.release();
    }
    return new Promise(() => undefined);
  }

  #continueAsTask(): boolean {
    if (this.#promote()) return true;
    const { tool, isAsking } = this.#taskable;
    if (tool.task?.support === 'required' && !isAsking()) throw tooManyTasks();
    return false;
  }

  #promote(): boolean {
    const { call, isAsking, tool } = this.#taskable;
    const { tasks } = this.#exchange.runtime;
    if (this.#task) return true;
    if (call.cancelled || isAsking() || !tasks.hasRoomFor(call.principal)) return false;
    this.#task = tasks.create(this.#exchange.face, this.#inner, this.#capabilities);
    this.#inner.client = this.#task.port;
    // From here on it is the time to live that ends it, unless the tool names a time of its own.
    if (tool.timeoutMs === undefined) this.#inner.liftDeadline();
    this.#answerWithHandle(`{"resultType":"task",${this.#task.handle()},"_meta":${serverMeta(this.#exchange)}}`);
    return true;
  }
}
