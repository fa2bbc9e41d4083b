import { post, request } from './gateway.ts';

/** A session of Streamable HTTP, spoken to by hand. */
export interface TestSession {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  send(message: object, headers?: Record<string, string>): Promise<Response>;
  /** The session's own stream, or the one that an event id is of. */
  open(lastEventId?: string): Promise<Response>;
}

export interface SessionOptions {
  readonly version?: string;
  readonly capabilities?: object;
}

/** Initializes a session; its requests accept both forms of answer. */
export async function openSession(
  url: string,
  { version = '2025-11-25', capabilities = { elicitation: {}, sampling: {}, roots: {} } }: SessionOptions = {},
): Promise<TestSession> {
  const accept = 'application/json, text/event-stream';
  const params = { protocolVersion: version, capabilities, clientInfo: { name: 'test', version: '1' } };
  const response = await post(url, request('initialize', params), { accept });
  await response.text();
  const id = response.headers.get('mcp-session-id') ?? '';
  const headers = { accept, 'mcp-session-id': id, 'mcp-protocol-version': version };
  await post(url, { jsonrpc: '2.0', method: 'notifications/initialized' }, headers);
  return {
    id,
    headers,
    send: (message, more = {}) => post(url, message, { ...headers, ...more }),
    open: (lastEventId) =>
      fetch(url, {
        headers: {
          ...headers,
          accept: 'text/event-stream',
          ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
        },
      }),
  };
}
