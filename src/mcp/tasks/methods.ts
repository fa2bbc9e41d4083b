import { declaresExtension, missingCapability } from '../client-capabilities.ts';
import type { Params } from '../envelope.ts';
import { completeResult, type Exchange } from '../exchange.ts';
import { clientCapabilitiesOf } from '../meta.ts';
import { errorCode, RpcError } from '../rpc-error.ts';
import { tasksDeclaration, tasksExtension } from './extension.ts';
import type { Task } from './task.ts';

/** `tasks/get`: the whole state of a task, with the result once there is one. */
export function getTask(exchange: Exchange, params: Params): string {
  return completeResult(exchange, taskOf(exchange, params).detail());
}

/** `tasks/update`: answers to what a task asks; acknowledged empty, the state is for `tasks/get` to tell. */
export function updateTask(exchange: Exchange, params: Params): string {
  taskOf(exchange, params).answer(params.inputResponses);
  return completeResult(exchange, '');
}

/** `tasks/cancel`: ends a task; one that has ended stays as it is. */
export function cancelTask(exchange: Exchange, params: Params): string {
  taskOf(exchange, params).cancel();
  return completeResult(exchange, '');
}

/** Throws -32021 for a client that did not declare the extension: it is never told of tasks. */
export function requireTasksExtension(params: Params): void {
  if (!declaresExtension(clientCapabilitiesOf(params), tasksExtension)) throw missingCapability(tasksDeclaration);
}

function taskOf({ face, call, runtime }: Exchange, params: Params): Task {
  requireTasksExtension(params);
  const { taskId } = params;
  const task = typeof taskId === 'string' ? runtime.tasks.find(taskId, face, call.principal) : undefined;
  if (!task) throw new RpcError(errorCode.invalidParams, 'Unknown or expired task.');
  return task;
}
