import type { Face } from '../core/face.ts';
import { messageLevels } from '../core/log.ts';
import { legacyCapabilities, modernCapabilities } from './capabilities.ts';
import { complete } from './completion.ts';
import type { Params } from './envelope.ts';
import { cacheableResult, type Exchange, serverInfo } from './exchange.ts';
import { initializeProblem } from './initialize-params.ts';
import { listResult } from './lists.ts';
import { metaKey } from './meta.ts';
import { getPrompt } from './prompts.ts';
import { readResource } from './resources.ts';
import { errorCode, RpcError } from './rpc-error.ts';
import { cancelTask, getTask, updateTask } from './tasks/methods.ts';
import { callToolMethod } from './tool-call.ts';
import { isModernVersion, type LegacyVersion, negotiate, supportedVersions } from './versions.ts';

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

const modern = new Map<string, Method>([
  ...shared,
  ['server/discover', discover],
  ['tasks/get', getTask],
  ['tasks/update', updateTask],
  ['tasks/cancel', cancelTask],
]);

/** Methods that from 2026-07-28 on are unknown where the face does not offer what they belong to (schema, -32601). */
const offeredWith: ReadonlyMap<string, string> = new Map([
  ['prompts/list', 'prompts'],
  ['prompts/get', 'prompts'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resources'],
  ['resources/read', 'resources'],
  ['completion/complete', 'completions'],
  ['tasks/get', 'extensions'],
  ['tasks/update', 'extensions'],
  ['tasks/cancel', 'extensions'],
]);

/** Whether a modern request names a method that this face has; headers are checked before it is dispatched. */
export function hasModernMethod(face: Face, method: string): boolean {
  const capability = offeredWith.get(method);
  return modern.has(method) && (capability === undefined || Object.hasOwn(modernCapabilities(face), capability));
}

/** Whether any revision has the method. */
export function isKnownMethod(method: string): boolean {
  return legacy.has(method) || modern.has(method);
}

/**
 * Answers every MCP method of every revision. Endpoints are framings around this one function: they hand in what
 * differs (the revision, the session, the way back to the client) and get the JSON of the result.
 */
export function dispatch(exchange: Exchange, method: string, params: Params): Promise<string> | string {
  const isModern = isModernVersion(exchange.version);
  const run = (isModern ? modern : legacy).get(method);
  if (!run || (isModern && !hasModernMethod(exchange.face, method)))
    throw new RpcError(errorCode.methodNotFound, `Method not found: ${method.slice(0, 100)}`);
  return run(exchange, params);
}

function initialize(exchange: Exchange, params: Params): string {
  const problem = initializeProblem(params);
  if (problem) throw problem;
  const version = negotiate(params.protocolVersion);
  exchange.session?.initialize(version, params);
  return initializeResult(exchange, version);
}

const initializeResults = new WeakMap<Face, Map<string, string>>();

/** Made once for each face, revision and kind of connection: LiteLLM asks for it before every call. */
function initializeResult(exchange: Exchange, protocolVersion: LegacyVersion): string {
  const { face, session } = exchange;
  const key = session ? `${protocolVersion} session` : protocolVersion;
  const made = initializeResults.get(face) ?? new Map<string, string>();
  let result = made.get(key);
  if (result === undefined) {
    result = JSON.stringify({
      protocolVersion,
      capabilities: legacyCapabilities(face, session !== undefined),
      serverInfo: serverInfo(exchange),
      instructions: face.instructions,
    });
    initializeResults.set(face, made.set(key, result));
  }
  return result;
}

function discover(exchange: Exchange): string {
  const { face } = exchange;
  const members = `"supportedVersions":${JSON.stringify(supportedVersions)},"capabilities":${JSON.stringify(modernCapabilities(face))},"instructions":${JSON.stringify(face.instructions)}`;
  const meta = JSON.stringify({ [metaKey.serverInfo]: serverInfo(exchange) });
  return cacheableResult(exchange, members, 60_000, exchange.runtime.cacheScope, meta);
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
