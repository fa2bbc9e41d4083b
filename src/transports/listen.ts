import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Face } from '../core/face.ts';
import { type Params, type RequestMessage, resultReply } from '../mcp/envelope.ts';
import { serverIdentity } from '../mcp/exchange.ts';
import { metaKey } from '../mcp/meta.ts';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';
import type { Accepts } from './accept.ts';
import { EventStream } from './event-stream.ts';
import type { HttpExchange } from './http-exchange.ts';
import { type ListenFilter, notificationOf, readListenFilter } from './listen-filter.ts';
import { sendRpcError } from './respond.ts';
import type { Services } from './services.ts';
import type { RegisteredSession } from './session-registry.ts';

/** `subscriptions/listen` (2026-07-28): a stream that begins with the acknowledgment and tells only what was asked for. */
export function listen(
  http: HttpExchange,
  face: Face,
  services: Services,
  { id, params }: RequestMessage,
  accepts: Accepts,
): Response {
  const { outgoing } = http;
  const { runtime, sessions, keepAlive } = services;
  const principal = http.principal;
  const refuse = (status: number, error: RpcError) => sendRpcError(outgoing, status, error, id);
  let filter: ListenFilter;
  try {
    filter = readListenFilter(params, face, principal, runtime);
  } catch (error) {
    if (error instanceof RpcError) return refuse(400, error);
    throw error;
  }
  if (!accepts.streamAtNeed) {
    return refuse(
      406,
      new RpcError(errorCode.refused, 'Not acceptable: this answers with a stream, accept text/event-stream.'),
    );
  }
  if (!sessions.hasRoomFor(principal)) {
    outgoing.setHeader('Retry-After', '5');
    return refuse(
      503,
      new RpcError(
        errorCode.refused,
        'Too many open streams for this key (limits.sessions); close some and try again.',
      ),
    );
  }
  const meta = JSON.stringify({ [metaKey.subscriptionId]: id });
  const stream = new EventStream(outgoing);
  const tell = (method: string, membersJson: string) =>
    stream.event(
      'message',
      `{"jsonrpc":"2.0","method":"${method}","params":{${membersJson}${membersJson === '' ? '' : ','}"_meta":${meta}}}`,
    );
  tell('notifications/subscriptions/acknowledged', membersOf({ notifications: filter.honoured }));
  const quiet = [
    runtime.events.listen((event) => {
      const told = face.serves(event.plugin) ? notificationOf(event, filter) : undefined;
      if (told) tell(told.method, membersOf(told.params));
    }),
    ...filter.tasks.map((task) => {
      const tellTask = () => tell('notifications/tasks', task.detail());
      tellTask(); // what changed before the stream was open is not to be missed
      return task.listen(tellTask);
    }),
  ];
  const entry: RegisteredSession = {
    id: sessions.newId(),
    face,
    principal,
    end: () => {
      const identity = serverIdentity({ face, runtime });
      const result = { resultType: 'complete', _meta: { [metaKey.subscriptionId]: id, ...identity } };
      stream.event('message', resultReply(id, JSON.stringify(result)));
      stream.end();
    },
  };
  sessions.add(entry);
  keepAlive.add(stream);
  stream.onClose(() => {
    for (const stop of quiet) stop();
    sessions.remove(entry);
  });
  return RESPONSE_ALREADY_SENT;
}

function membersOf(params: Params): string {
  return JSON.stringify(params).slice(1, -1);
}
