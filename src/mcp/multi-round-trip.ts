import { attempt } from '../core/attempt.ts';
import type { Call } from '../core/call.ts';
import type { Params } from './envelope.ts';
import { type Exchange, serverMeta } from './exchange.ts';
import { givenAnswers, InputCollector, InputRequired, inputRequiredMembers } from './input-required.ts';
import { clientCapabilitiesOf } from './meta.ts';
import { isModernVersion } from './versions.ts';

/** A method's work; it is told how to see whether the call is about to end with questions. */
type Run = (call: Call, isAsking: () => boolean) => Promise<string> | string;

const never = () => false;

/**
 * Runs a method that may need input from the client. Before 2026-07-28 the session asks; from then on the call ends
 * with an input-required result, and the retry brings the answers and the sealed state.
 */
export function withInput(
  exchange: Exchange,
  method: string,
  params: Params,
  target: unknown,
  run: Run,
): Promise<string> | string {
  return isModernVersion(exchange.version)
    ? withModernInput(exchange, method, params, target, run)
    : run(exchange.call, never);
}

function withModernInput(
  exchange: Exchange,
  method: string,
  params: Params,
  target: unknown,
  run: Run,
): Promise<string> | string {
  const { call, runtime } = exchange;
  const bind = () => ({ principal: call.principal.id, face: exchange.face.name, method, target });
  const { requestState, inputResponses } = params;
  const earlier = requestState === undefined ? undefined : runtime.seal.open(requestState, bind());
  const collector = new InputCollector(call, clientCapabilitiesOf(params), givenAnswers(inputResponses, earlier));
  call.client = collector;
  return attempt(
    () => run(call, () => collector.isAsking),
    (error) => {
      if (!(error instanceof InputRequired)) throw error;
      return `{${inputRequiredMembers(error, collector, runtime.seal, bind())},"_meta":${serverMeta(exchange)}}`;
    },
  );
}
