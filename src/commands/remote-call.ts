import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpError } from '@modelcontextprotocol/sdk/types.js';
import type { LoadedConfig } from '../config/load.ts';
import { GatewayError } from '../core/errors.ts';
import { version } from '../version.ts';
import type { CallRequest, CallResult } from './call.ts';
import type { Arguments } from './command.ts';
import { headersFor, knownBaseOf, refusedKey, unreachable } from './gateway-client.ts';
import { progressText } from './progress-text.ts';
import { targetOf } from './target.ts';

/** The gateway has the deadline of a call; this one is only there so that a dead connection is not waited for forever. */
const longestCallMs = 24 * 3_600_000;

/** Calls a tool of a running gateway with the official client, over Streamable HTTP. */
export async function callRemotely(loaded: LoadedConfig, args: Arguments, request: CallRequest): Promise<CallResult> {
  const target = targetOf(args, loaded);
  const url = `${await knownBaseOf(target, request.plugin)}/mcp`;
  const client = new Client({ name: 'mcp-sse-gateway', version });
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: headersFor(target.key) },
    // only the address that was named is asked: a redirect is an answer like any other
    fetch: (input, init) => fetch(input, { ...init, redirect: 'manual' }),
  });
  try {
    await client.connect(transport);
    const { content, structuredContent, isError } = await client.callTool(
      { name: request.tool, arguments: request.args },
      undefined,
      {
        timeout: longestCallMs,
        onprogress: ({ progress, total, message }) => request.onProgress(progressText(progress, total, message)),
      },
    );
    return { content: Array.isArray(content) ? content : [], structured: structuredContent, isError: isError === true };
  } catch (error) {
    throw readable(error, url, target.key);
  } finally {
    // a session that cannot be ended politely ends by its idle time
    if (transport.sessionId !== undefined) await transport.terminateSession().catch(() => undefined);
    await client.close();
  }
}

function readable(error: unknown, url: string, key: string | undefined): unknown {
  if (error instanceof McpError) return new GatewayError('upstream', error.message.replace(/^MCP error -?\d+: /, ''));
  if (error instanceof StreamableHTTPError && error.code === 401) return refusedKey(url, key);
  if (error instanceof StreamableHTTPError) return new GatewayError('upstream', error.message, { cause: error });
  if (error instanceof TypeError) return unreachable(url, error);
  return error;
}
