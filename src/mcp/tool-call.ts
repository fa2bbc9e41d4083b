import { attempt } from '../core/attempt.ts';
import type { Call } from '../core/call.ts';
import { type PreparedCall, prepareCall, refuseOutsideTask, runTool, type ToolOutcome } from '../core/dispatcher.ts';
import { GatewayError } from '../core/errors.ts';
import { blockFor } from './content-blocks.ts';
import type { Params } from './envelope.ts';
import { completeResult, type Exchange } from './exchange.ts';
import { withInput } from './multi-round-trip.ts';
import { errorCode, RpcError } from './rpc-error.ts';
import { runAsTask } from './tasks/run-as-task.ts';
import { isModernVersion } from './versions.ts';

/** Failures that are the protocol's, not the tool's: an unknown tool, a call that nobody waits for, one that must ask. */
const protocolFailures = new Set(['unknown_tool', 'cancelled', 'input_required']);

/** `tools/call`: a failed call is a readable result with `isError`, so that a model can do better. */
export function callToolMethod(exchange: Exchange, params: Params): Promise<string> | string {
  const { name, arguments: args } = params;
  if (typeof name !== 'string') throw new RpcError(errorCode.invalidParams, 'params.name must be the name of a tool.');
  return withInput(exchange, 'tools/call', params, { name, arguments: args }, (call, isAsking) => {
    const readably = (work: () => Promise<string> | string) => attempt(work, (error) => readable(exchange, error));
    return readably(() => {
      const prepared = prepareCall(exchange.face, name, args, call, exchange.runtime.dispatch);
      const { tool } = prepared.bound;
      if (!tool.task) return resultOf(exchange, prepared, call);
      if (!isModernVersion(exchange.version)) refuseOutsideTask(prepared);
      const run = (running: Call) => readably(() => resultOf(exchange, prepared, running));
      return runAsTask(exchange, params, { tool, call, isAsking, run });
    });
  });
}

function resultOf(exchange: Exchange, prepared: PreparedCall, call: Call): Promise<string> | string {
  const outcome = runTool(prepared, call, exchange.runtime.dispatch);
  return outcome instanceof Promise
    ? outcome.then((done) => completeResult(exchange, outcomeMembers(exchange, done)))
    : completeResult(exchange, outcomeMembers(exchange, outcome));
}

/** The result that tells of a failure; rethrows what is no failure of the tool. */
function readable(exchange: Exchange, error: unknown): string {
  if (!(error instanceof GatewayError) || protocolFailures.has(error.code)) throw error;
  return completeResult(
    exchange,
    `"content":[${JSON.stringify({ type: 'text', text: error.message })}],"isError":true`,
  );
}

function outcomeMembers({ version }: Exchange, { json, text, content }: ToolOutcome): string {
  if (content.length === 0 && json !== undefined && text !== undefined)
    return `"content":[${textBlock(text)}],"structuredContent":${json}`;
  const blocks = content.map((block) => JSON.stringify(blockFor(version, block)));
  // Data goes along as text for clients that show only content, unless the handler wrote its own text.
  if (text !== undefined && !content.some(({ type }) => type === 'text')) {
    blocks.unshift(textBlock(text));
  }
  const structured = json === undefined ? '' : `,"structuredContent":${json}`;
  return `"content":[${blocks.join(',')}]${structured}`;
}

function textBlock(text: string): string {
  return `{"type":"text","text":${JSON.stringify(text)}}`;
}
