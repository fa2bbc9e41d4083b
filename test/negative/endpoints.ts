import { post } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';

export const json = { 'content-type': 'application/json' };
export const both = { ...json, accept: 'application/json, text/event-stream' };

/** Endpoints that take a JSON-RPC body and answer it on the same response. */
export const rpcPosts = ['/rpc', '/mcp', '/sse', '/fixture/rpc', '/fixture/mcp', '/fixture/sse'] as const;
/** Every endpoint that takes a body, the REST one included. */
export const posts = [...rpcPosts, '/fixture/tools/echo', '/tools/fixture__echo'] as const;

/** POSTs bytes as they are to an endpoint; `/message` stands for the endpoint of a session opened for it. */
export async function send(
  base: string,
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string> = both,
): Promise<Response> {
  if (!path.endsWith('/message')) return fetch(`${base}${path}`, { method: 'POST', headers, body } as RequestInit);
  const { client, endpoint } = await SseClient.session(base, path.replace('/message', '/sse'));
  const response = await fetch(endpoint, { method: 'POST', headers, body } as RequestInit);
  client.close();
  return response;
}

/** The endpoints of HTTP+SSE beside the others: 4xx there too for what is no message at all. */
export const allPosts = [...rpcPosts, '/message', '/fixture/message'] as const;

const meta = (capabilities: object, version: string) => ({
  'io.modelcontextprotocol/protocolVersion': version,
  'io.modelcontextprotocol/clientCapabilities': capabilities,
});

export interface ModernOptions {
  readonly capabilities?: object;
  readonly version?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly id?: number | string;
  readonly path?: string;
  readonly meta?: object;
}

/** A request of 2026-07-28 with the headers it must have; `headers` changes or (undefined) drops some. */
export function modern(
  base: string,
  method: string,
  params: Record<string, unknown> = {},
  options: ModernOptions = {},
): Promise<Response> {
  const { capabilities = {}, version = '2026-07-28', id = 1, path = '/fixture/mcp' } = options;
  const name = params.name ?? params.uri;
  const headers: Record<string, string | undefined> = {
    accept: both.accept,
    'mcp-protocol-version': version,
    'mcp-method': method,
    ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
    ...options.headers,
  };
  const sent = Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const _meta = options.meta ?? meta(capabilities, version);
  return post(`${base}${path}`, { jsonrpc: '2.0', id, method, params: { ...params, _meta } }, sent);
}
