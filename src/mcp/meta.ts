import { isObject, type Params, type RequestId } from './envelope.ts';

/** The reserved `_meta` keys of 2026-07-28 (basic, "_meta"). */
export const metaKey = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
} as const;

/** The `_meta` of a request, or an empty object. */
export function metaOf(params: Params): Params {
  return isObject(params._meta) ? params._meta : {};
}

/** What the client of a modern request declared; nothing where it declared nothing readable. */
export function clientCapabilitiesOf(params: Params): Params {
  const declared = metaOf(params)[metaKey.clientCapabilities];
  return isObject(declared) ? declared : {};
}

/** The token under which the client wants to hear of progress, if it does. */
export function progressToken(params: Params): RequestId | undefined {
  const token = metaOf(params).progressToken;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}
