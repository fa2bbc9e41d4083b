import { post } from './gateway.ts';

export interface ModernOptions {
  /** Further headers, or others in the place of those that follow from the request; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly capabilities?: Readonly<Record<string, unknown>>;
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly id?: number | string;
}

const named: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** POSTs a request of revision 2026-07-28 as a conforming client does. */
export function modern(
  url: string,
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  { headers = {}, capabilities = {}, meta = {}, id = 1 }: ModernOptions = {},
): Promise<Response> {
  const name = params[named[method] ?? ''];
  const all: Record<string, string | null> = {
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    'mcp-name': typeof name === 'string' ? name : null,
    ...headers,
  };
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': capabilities,
    ...meta,
  };
  return post(url, { jsonrpc: '2.0', id, method, params: { ...params, _meta } }, Object.fromEntries(sent));
}

/** What came over the wire, to be looked at member by member. */
export interface Json {
  readonly [member: string]: Json | undefined;
}

export interface RpcBody {
  readonly id?: unknown;
  readonly result?: Json;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** The JSON body of a response. */
export async function bodyOf(response: Response | Promise<Response>): Promise<RpcBody> {
  return (await (await response).json()) as RpcBody;
}
