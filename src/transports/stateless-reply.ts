import { Call, clientGone } from '../core/call.ts';
import type { Face } from '../core/face.ts';
import { answer } from '../mcp/answer.ts';
import { RequestPort } from '../mcp/client-port.ts';
import type { RequestMessage } from '../mcp/envelope.ts';
import type { LegacyVersion } from '../mcp/versions.ts';
import type { Accepts } from './accept.ts';
import type { HttpExchange } from './http-exchange.ts';
import { type BatchReply, PostReply } from './post-reply.ts';
import type { Services } from './services.ts';

/** Answers requests of a revision before 2026-07-28 that have no session; a client that goes away calls them off. */
export async function answerStateless(
  http: HttpExchange,
  face: Face,
  { runtime, keepAlive }: Services,
  requests: readonly RequestMessage[],
  batch: BatchReply | undefined,
  accepts: Accepts,
  version: LegacyVersion,
): Promise<Response> {
  const { outgoing } = http;
  const reply = new PostReply(outgoing, accepts, keepAlive);
  const run = async (request: RequestMessage) => {
    const call = new Call(http.principal, http.requestId);
    const onClose = () => call.cancel(clientGone());
    outgoing.on('close', onClose);
    // Log messages go to sessions only: nothing tells a stateless client's level.
    const port = new RequestPort(request.params, undefined, reply.notify);
    call.client = port;
    const done = await answer({ face, runtime, call, version, session: undefined }, request);
    port.flush();
    outgoing.off('close', onClose);
    return done?.json;
  };
  const [first] = requests;
  // A batch of 2025-03-26 may hold 50; listeners are then more than Node expects of one response.
  if (!batch && first) return reply.finish(await run(first));
  outgoing.setMaxListeners(outgoing.getMaxListeners() + requests.length);
  return reply.finishBatch([...(batch?.errors ?? []), ...(await Promise.all(requests.map(run)))]);
}
