import { Call } from '../core/call.ts';
import type { Face } from '../core/face.ts';
import { type Answer, answer } from '../mcp/answer.ts';
import { RequestPort } from '../mcp/client-port.ts';
import type { RequestMessage } from '../mcp/envelope.ts';
import type { LegacyVersion } from '../mcp/versions.ts';
import type { Accepts } from './accept.ts';
import { cancelOnClose } from './cancel-on-close.ts';
import type { HttpExchange } from './http-exchange.ts';
import { type BatchReply, PostReply } from './post-reply.ts';
import type { Services } from './services.ts';

/** Answers requests of a revision before 2026-07-28 that have no session; a client that goes away calls them off. */
export function answerStateless(
  http: HttpExchange,
  face: Face,
  { runtime, keepAlive }: Services,
  requests: readonly RequestMessage[],
  batch: BatchReply | undefined,
  accepts: Accepts,
  version: LegacyVersion,
): Promise<Response> | Response {
  const { outgoing } = http;
  const reply = new PostReply(outgoing, accepts, keepAlive);
  const run = (request: RequestMessage): Promise<string | undefined> | string | undefined => {
    const call = new Call(http.principal, http.requestId);
    // Log messages go to sessions only: nothing tells a stateless client's level.
    const port = new RequestPort(request.params, undefined, reply.notify);
    call.client = port;
    const ended = (done: Answer | undefined) => {
      port.flush();
      return done?.json;
    };
    const done = answer({ face, runtime, call, version, session: undefined }, request);
    return done instanceof Promise ? cancelOnClose(outgoing, call, done).then(ended) : ended(done);
  };
  const [first] = requests;
  if (!batch && first) {
    const done = run(first);
    return done instanceof Promise ? done.then((json) => reply.finish(json)) : reply.finish(done);
  }
  // A batch of 2025-03-26 may hold 50; listeners are then more than Node expects of one response.
  outgoing.setMaxListeners(outgoing.getMaxListeners() + requests.length);
  return Promise.all(requests.map(run)).then((answers) => reply.finishBatch([...(batch?.errors ?? []), ...answers]));
}
