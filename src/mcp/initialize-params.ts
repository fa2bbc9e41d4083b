import { isObject, type Params } from './envelope.ts';
import { errorCode, RpcError } from './rpc-error.ts';

const texts = ['name', 'title', 'version', 'description', 'websiteUrl'];
const capabilities = ['elicitation', 'experimental', 'extensions', 'roots', 'sampling', 'tasks'];

/**
 * What is wrong with the types of an `initialize`'s parameters, by the schema of every revision that has it. Members that are
 * left out are not missed, since clients leave them out; nor are unknown ones refused.
 */
export function initializeProblem({
  protocolVersion,
  clientInfo,
  capabilities: declared,
}: Params): RpcError | undefined {
  if (protocolVersion !== undefined && typeof protocolVersion !== 'string') return wrong('protocolVersion', 'a string');
  if (clientInfo !== undefined) {
    if (!isObject(clientInfo)) return wrong('clientInfo', 'an object');
    const text = texts.find((name) => clientInfo[name] !== undefined && typeof clientInfo[name] !== 'string');
    if (text !== undefined) return wrong(`clientInfo.${text}`, 'a string');
  }
  if (declared === undefined) return undefined;
  if (!isObject(declared)) return wrong('capabilities', 'an object');
  // Some serialisers write null for what is not there.
  const capability = capabilities.find(
    (name) => (declared[name] ?? undefined) !== undefined && !isObject(declared[name]),
  );
  return capability === undefined ? undefined : wrong(`capabilities.${capability}`, 'an object');
}

function wrong(member: string, kind: string): RpcError {
  return new RpcError(errorCode.invalidParams, `params.${member} must be ${kind}.`);
}
