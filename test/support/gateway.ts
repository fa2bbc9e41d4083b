import { type Gateway, type Plugin, startGateway } from 'mcp-sse-gateway';
import { fixturePlugin } from './fixture-plugin.ts';

export interface TestGateway {
  /** Base URL of the first listener. */
  readonly url: string;
  readonly gateway: Gateway;
  /** Everything that was logged. */
  readonly log: () => string;
}

/** Starts the built gateway on a free port of loopback, with the fixture plugin unless others are named. */
export async function startTestGateway(
  config: Record<string, unknown> = {},
  plugins: readonly Plugin[] = [fixturePlugin()],
): Promise<TestGateway> {
  const lines: string[] = [];
  const server = { port: 0, ...(typeof config.server === 'object' ? config.server : {}) };
  const gateway = await startGateway({
    config: { ...config, server },
    plugins,
    logTo: { write: (line) => lines.push(line) },
  });
  await gateway.ready;
  return { url: gateway.listeners[0]?.url ?? '', gateway, log: () => lines.join('') };
}

/** POSTs a value as JSON, with further headers if any. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** A JSON-RPC request. */
export function request(method: string, params: object = {}, id: number | string = 1): object {
  return { jsonrpc: '2.0', id, method, params };
}

/** A body as JSON, loosely typed: tests look into it with matchers. */
export async function jsonOf(response: Response) {
  return JSON.parse(await response.text());
}
