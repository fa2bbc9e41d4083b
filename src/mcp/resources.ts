import type { Call } from '../core/call.ts';
import type { ResourceContents } from '../core/content.ts';
import { withContext } from '../core/dispatcher.ts';
import { GatewayError } from '../core/errors.ts';
import type { Params } from './envelope.ts';
import { cacheableResult, type Exchange } from './exchange.ts';
import { withInput } from './multi-round-trip.ts';
import { errorCode, RpcError, resourceNotFoundIn } from './rpc-error.ts';

/** `resources/read`: a static resource of that URI, else the first template it fits. */
export function readResource(exchange: Exchange, params: Params): Promise<string> | string {
  const { uri } = params;
  if (typeof uri !== 'string') throw new RpcError(errorCode.invalidParams, 'params.uri must be a string.');
  return withInput(exchange, 'resources/read', params, { uri }, async (call) => {
    const contents = await read(exchange, call, uri);
    // What a resource holds may depend on who asks and change at any time: never shared, never kept.
    return cacheableResult(exchange, `"contents":${JSON.stringify(contents)}`, 0, 'private');
  });
}

async function read(exchange: Exchange, call: Call, uri: string): Promise<readonly ResourceContents[]> {
  const { face, runtime } = exchange;
  const what = `reading ${uri.slice(0, 200)}`;
  try {
    const bound = face.resources.get(uri);
    if (bound) {
      return await withContext(bound.plugin, call, runtime.dispatch.callTimeoutMs, what, (context) =>
        bound.resource.read(context),
      );
    }
    const match = face.matchTemplate(uri);
    if (match) {
      const { plugin, template } = match.bound;
      return await withContext(plugin, call, runtime.dispatch.callTimeoutMs, what, (context) =>
        template.read(context, match.variables, uri),
      );
    }
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'unknown_resource')
      throw notFound(exchange, uri, error.message);
    throw error;
  }
  throw notFound(
    exchange,
    uri,
    'Resource not found; resources/list and resources/templates/list name those that exist.',
  );
}

function notFound(exchange: Exchange, uri: string, message: string): RpcError {
  return new RpcError(resourceNotFoundIn(exchange.version), message, { uri });
}
