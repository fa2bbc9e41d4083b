import type { Call } from '../core/call.ts';
import type { Params } from './envelope.ts';
import { type Exchange, serverMeta } from './exchange.ts';
import { InputCollector, InputRequired, inputRequiredMembers } from './input-required.ts';
import { metaKey, metaOf } from './meta.ts';
import { isModernVersion } from './versions.ts';

/**
 * Runs a method that may need input from the client. Before 2026-07-28 the session asks; from then on the call ends
 * with an input-required result, and the retry brings the answers and the sealed state.
 */
export async function withInput(
  exchange: Exchange,
  method: string,
  params: Params,
  target: unknown,
  run: (call: Call) => Promise<string>,
): Promise<string> {
  const { call, runtime } = exchange;
  if (!isModernVersion(exchange.version)) return run(call);
  const binding = { principal: call.principal.id, method, target };
  const earlier = params.requestState === undefined ? {} : runtime.seal.open(params.requestState, binding);
  const capabilities = metaOf(params)[metaKey.clientCapabilities] as Params; // its presence is checked with the headers
  const collector = new InputCollector(capabilities, earlier, params.inputResponses);
  call.client = {
    ...call.client,
    supports: (capability) => Object.hasOwn(capabilities, capability),
    ask: (request) => collector.ask(call, request),
  };
  try {
    return await run(call);
  } catch (error) {
    if (!(error instanceof InputRequired)) throw error;
    return `{${inputRequiredMembers(error, collector, runtime.seal, binding)},"_meta":${serverMeta(exchange)}}`;
  }
}
