import { errorReply, type RequestMessage, resultReply } from './envelope.ts';
import type { Exchange } from './exchange.ts';
import { dispatch, isKnownMethod } from './methods.ts';
import { errorCode, RpcError, toRpcError } from './rpc-error.ts';

/** One request's framed answer, and the error inside where it is one: some endpoints choose a status by it. */
export interface Answer {
  readonly json: string;
  readonly error: RpcError | undefined;
}

/**
 * Dispatches a request and frames what comes of it; undefined where the client called it off and wants no answer. What is
 * done at once is answered at once: a promise for each step would cost as much as the steps.
 */
export function answer(exchange: Exchange, message: RequestMessage): Promise<Answer | undefined> | Answer | undefined {
  const { call, runtime } = exchange;
  if (runtime.activity.isDraining) {
    const error = new RpcError(errorCode.refused, 'The gateway is shutting down; try again in a moment.');
    return { json: errorReply(message.id, error), error };
  }
  runtime.activity.begin(call);
  try {
    const result = dispatch(exchange, message.method, message.params);
    return typeof result === 'string' ? succeeded(exchange, message, result) : settle(exchange, message, result);
  } catch (thrown) {
    return failed(exchange, message, thrown);
  }
}

async function settle(
  exchange: Exchange,
  message: RequestMessage,
  running: Promise<string>,
): Promise<Answer | undefined> {
  try {
    return succeeded(exchange, message, await running);
  } catch (thrown) {
    return failed(exchange, message, thrown);
  }
}

function succeeded(exchange: Exchange, { id, method }: RequestMessage, result: string): Answer {
  exchange.runtime.metrics.countRequest(method, 'ok');
  ended(exchange);
  return { json: resultReply(id, result), error: undefined };
}

function failed(exchange: Exchange, { id, method }: RequestMessage, thrown: unknown): Answer | undefined {
  exchange.runtime.metrics.countRequest(isKnownMethod(method) ? method : 'unknown', 'error');
  const isUnwanted = exchange.call.cancelled?.code === 'cancelled';
  ended(exchange);
  if (isUnwanted) return undefined;
  const error = toRpcError(thrown, exchange);
  return { json: errorReply(id, error), error };
}

function ended({ call, runtime }: Exchange): void {
  call.release();
  runtime.activity.end(call);
}
