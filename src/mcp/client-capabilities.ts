import type { ClientCapability } from '../core/call.ts';
import { isObject, type Params } from './envelope.ts';
import { errorCode, RpcError } from './rpc-error.ts';

/** Whether a client declared a capability. `elicitation: {}` is the form alone, as before there were two modes. */
export function declares(declared: Params, capability: ClientCapability): boolean {
  if (capability !== 'elicitation' && capability !== 'elicitation.url') return isObject(declared[capability]);
  const { elicitation } = declared;
  if (!isObject(elicitation)) return false;
  if (capability === 'elicitation.url') return isObject(elicitation.url);
  return isObject(elicitation.form) || elicitation.url === undefined;
}

/** Whether a client declared an extension. */
export function declaresExtension(declared: Params, id: string): boolean {
  return isObject(declared.extensions) && isObject(declared.extensions[id]);
}

/** -32021 with what the client would have to declare, in the form in which it would. */
export function missingCapability(required: Params): RpcError {
  return new RpcError(
    errorCode.missingCapability,
    `Missing required client capability; declare ${JSON.stringify(required)}.`,
    { requiredCapabilities: required },
  );
}

/** A capability as a client declares it. */
export function declarationOf(capability: ClientCapability): Params {
  return capability === 'elicitation.url' ? { elicitation: { url: {} } } : { [capability]: {} };
}
