import { messageLevels } from '../core/log.ts';
import { serverCapabilities } from './capabilities.ts';
import { complete } from './completion.ts';
import type { Params } from './envelope.ts';
import { cacheableResult, type Exchange, serverInfo } from './exchange.ts';
import { listResult } from './lists.ts';
import { getPrompt } from './prompts.ts';
import { readResource } from './resources.ts';
import { errorCode, RpcError } from './rpc-error.ts';
import { callToolMethod } from './tool-call.ts';
import { isModernVersion, negotiate, supportedVersions } from './versions.ts';

/** Answers one method with the JSON of its result; throws RpcError or GatewayError. */
type Method = (exchange: Exchange, params: Params) => Promise<string> | string;

const shared: readonly (readonly [string, Method])[] = [
  ['tools/list', (exchange, params) => listResult(exchange, 'tools/list', params)],
  ['tools/call', callToolMethod],
  ['prompts/list', (exchange, params) => listResult(exchange, 'prompts/list', params)],
  ['prompts/get', getPrompt],
  ['resources/list', (exchange, params) => listResult(exchange, 'resources/list', params)],
  ['resources/templates/list', (exchange, params) => listResult(exchange, 'resources/templates/list', params)],
  ['resources/read', readResource],
  ['completion/complete', complete],
];

const legacy = new Map<string, Method>([
  ...shared,
  ['initialize', initialize],
  ['ping', () => '{}'],
  ['logging/setLevel', setLevel],
  ['resources/subscribe', (exchange, params) => subscribe(exchange, params, true)],
  ['resources/unsubscribe', (exchange, params) => subscribe(exchange, params, false)],
]);

const modern = new Map<string, Method>([...shared, ['server/discover', discover]]);

/** Whether a method exists in the exchange's revision; streams need to know before they open. */
export function hasMethod(version: Exchange['version'], method: string): boolean {
  return (isModernVersion(version) ? modern : legacy).has(method);
}

/**
 * Answers every MCP method of every revision. Endpoints are framings around this one function: they hand in what
 * differs (the revision, the session, the way back to the client) and get the JSON of the result.
 */
export async function dispatch(exchange: Exchange, method: string, params: Params): Promise<string> {
  const run = (isModernVersion(exchange.version) ? modern : legacy).get(method);
  if (!run) throw new RpcError(errorCode.methodNotFound, `Method not found: ${method.slice(0, 100)}`);
  return run(exchange, params);
}

function initialize(exchange: Exchange, params: Params): string {
  const version = negotiate(params.protocolVersion);
  exchange.session?.initialize(version, params);
  return JSON.stringify({
    protocolVersion: version,
    capabilities: serverCapabilities(exchange.face, exchange.session !== undefined, 'legacy'),
    serverInfo: serverInfo(exchange),
    instructions: exchange.face.instructions,
  });
}

function discover(exchange: Exchange): string {
  const { face } = exchange;
  const members = `"supportedVersions":${JSON.stringify(supportedVersions)},"capabilities":${JSON.stringify(serverCapabilities(face, true, 'modern'))},"instructions":${JSON.stringify(face.instructions)}`;
  return cacheableResult(exchange, members, 60_000, exchange.runtime.cacheScope);
}

function setLevel(exchange: Exchange, params: Params): string {
  const level = messageLevels.find((known) => known === params.level);
  if (!level) throw new RpcError(errorCode.invalidParams, `Unknown level; use one of ${messageLevels.join(', ')}.`);
  exchange.session?.setLogLevel(level);
  return '{}';
}

function subscribe(exchange: Exchange, params: Params, on: boolean): string {
  if (typeof params.uri !== 'string') throw new RpcError(errorCode.invalidParams, 'params.uri must be a string.');
  if (!exchange.session) {
    throw new RpcError(errorCode.invalidRequest, 'A subscription needs a session; this request has none.');
  }
  if (on) exchange.session.subscribe(params.uri);
  else exchange.session.unsubscribe(params.uri);
  return '{}';
}
