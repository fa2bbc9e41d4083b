import { type Message, maxBatch } from '../mcp/envelope.ts';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';

/** Why a batch as a whole is refused, or undefined where its entries are to be answered one by one. */
export function batchRefusal(messages: readonly Message[]): RpcError | undefined {
  if (messages.length === 0) return new RpcError(errorCode.invalidRequest, 'The batch is empty.');
  if (messages.length > maxBatch)
    return new RpcError(
      errorCode.invalidRequest,
      `A batch may have ${maxBatch} entries; this one has ${messages.length}.`,
    );
  const initializations = messages.filter((message) => message.kind === 'request' && message.method === 'initialize');
  if (initializations.length > 1)
    return new RpcError(errorCode.invalidRequest, 'Only one initialization request is allowed.');
  // 2025-03-26, lifecycle, "Initialization": not even alone, since nothing was negotiated yet that has batches.
  return initializations.length === 1
    ? new RpcError(errorCode.invalidRequest, 'The initialization request must not be part of a batch.')
    : undefined;
}
