import { errorReply, type RequestMessage, resultReply } from './envelope.ts';
import type { Exchange } from './exchange.ts';
import { dispatch, isKnownMethod } from './methods.ts';
import { errorCode, RpcError, toRpcError } from './rpc-error.ts';

/** One request's framed answer, and the error inside where it is one: some endpoints choose a status by it. */
export interface Answer {
  readonly json: string;
  readonly error: RpcError | undefined;
}

/** Dispatches a request and frames what comes of it; undefined where the client called it off and wants no answer. */
export async function answer(exchange: Exchange, { id, method, params }: RequestMessage): Promise<Answer | undefined> {
  const { call, runtime } = exchange;
  if (runtime.activity.isDraining) {
    const error = new RpcError(errorCode.refused, 'The gateway is shutting down; try again in a moment.');
    return { json: errorReply(id, error), error };
  }
  runtime.activity.begin(call);
  try {
    const result = dispatch(exchange, method, params);
    const json = resultReply(id, typeof result === 'string' ? result : await result);
    runtime.metrics.countRequest(method, 'ok');
    return { json, error: undefined };
  } catch (thrown) {
    runtime.metrics.countRequest(isKnownMethod(method) ? method : 'unknown', 'error');
    if (call.cancelled?.code === 'cancelled') return undefined;
    const error = toRpcError(thrown, exchange);
    return { json: errorReply(id, error), error };
  } finally {
    call.release();
    runtime.activity.end(call);
  }
}
