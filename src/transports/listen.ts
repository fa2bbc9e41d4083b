import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { GatewayEvent, ListKind } from '../core/events.ts';
import type { Face } from '../core/face.ts';
import { isObject, notification, type Params, type RequestMessage, resultReply } from '../mcp/envelope.ts';
import { metaKey } from '../mcp/meta.ts';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';
import type { Accepts } from './accept.ts';
import { EventStream } from './event-stream.ts';
import { sendRpcError } from './respond.ts';
import type { Services, TransportEnv } from './services.ts';
import type { RegisteredSession } from './session-registry.ts';

const maxUris = 1000;

/** What one `subscriptions/listen` is to be told. */
interface Filter {
  readonly toolsListChanged?: true;
  readonly promptsListChanged?: true;
  readonly resourcesListChanged?: true;
  readonly resourceSubscriptions?: readonly string[];
}

const listFilters: Readonly<Record<ListKind, 'toolsListChanged' | 'promptsListChanged' | 'resourcesListChanged'>> = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
};

/** `subscriptions/listen` (2026-07-28): a stream that begins with the acknowledgment and tells only what was asked for. */
export function listen(
  c: Context<TransportEnv>,
  face: Face,
  services: Services,
  { id, params }: RequestMessage,
  accepts: Accepts,
): Response {
  const { outgoing } = c.env;
  const principal = c.get('principal');
  const filter = readFilter(params.notifications);
  if (filter instanceof RpcError) return sendRpcError(outgoing, 400, filter, id);
  if (!accepts.stream) {
    return sendRpcError(
      outgoing,
      406,
      new RpcError(errorCode.refused, 'Not acceptable: this answers with a stream, accept text/event-stream.'),
      id,
    );
  }
  if (!services.sessions.hasRoomFor(principal)) {
    outgoing.setHeader('Retry-After', '5');
    return sendRpcError(
      outgoing,
      503,
      new RpcError(
        errorCode.refused,
        'Too many open streams for this key (limits.sessions); close some and try again.',
      ),
      id,
    );
  }
  const meta = { [metaKey.subscriptionId]: id };
  const stream = new EventStream(outgoing);
  const tell = (method: string, rest: Params) =>
    stream.event('message', notification(method, { ...rest, _meta: meta }));
  tell('notifications/subscriptions/acknowledged', { notifications: filter });
  const unlisten = services.runtime.events.listen((event) => {
    if (face.serves(event.plugin)) tellEvent(event, filter, tell);
  });
  const entry: RegisteredSession = {
    id: services.sessions.newId(),
    face,
    principal,
    end: () => {
      stream.event('message', resultReply(id, JSON.stringify({ resultType: 'complete', _meta: meta })));
      stream.end();
    },
  };
  services.sessions.add(entry);
  services.keepAlive.add(stream);
  stream.onClose(() => {
    unlisten();
    services.sessions.remove(entry);
  });
  return RESPONSE_ALREADY_SENT;
}

function tellEvent(event: GatewayEvent, filter: Filter, tell: (method: string, params: Params) => void): void {
  if (event.type === 'list_changed') {
    if (filter[listFilters[event.list]]) tell(`notifications/${event.list}/list_changed`, {});
  } else if (filter.resourceSubscriptions?.includes(event.uri)) {
    tell('notifications/resources/updated', { uri: event.uri });
  }
}

function readFilter(value: unknown): Filter | RpcError {
  if (!isObject(value)) return new RpcError(errorCode.invalidParams, 'params.notifications must be an object.');
  const uris = value.resourceSubscriptions;
  if (
    uris !== undefined &&
    !(Array.isArray(uris) && uris.length <= maxUris && uris.every((uri) => typeof uri === 'string'))
  ) {
    return new RpcError(
      errorCode.invalidParams,
      `notifications.resourceSubscriptions must be an array of at most ${maxUris} URIs.`,
    );
  }
  return {
    ...(value.toolsListChanged === true ? { toolsListChanged: true } : {}),
    ...(value.promptsListChanged === true ? { promptsListChanged: true } : {}),
    ...(value.resourcesListChanged === true ? { resourcesListChanged: true } : {}),
    ...(Array.isArray(uris) ? { resourceSubscriptions: uris } : {}),
  };
}
