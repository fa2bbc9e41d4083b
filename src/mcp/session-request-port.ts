import type { Call, ClientCapability, ClientRequest } from '../core/call.ts';
import type { MessageLevel } from '../core/log.ts';
import { RequestPort } from './client-port.ts';
import type { Params } from './envelope.ts';

/** The way back for what relates to the requests of one message. */
export interface ReplyPort {
  /** Of the message that brought the requests. */
  readonly requestId: string;
  send(message: string): void;
  /** Whether the client would see a question on it: one that accepts only JSON does not. */
  readonly canAsk: boolean;
  /** Lets the connection go, where its client comes back for the answer. */
  release?(): void;
}

/** What a session knows of its client that its requests need. */
export interface SessionClient {
  readonly logLevel: MessageLevel | undefined;
  supports(capability: ClientCapability): boolean;
  ask(call: Call, request: ClientRequest, reply: ReplyPort): Promise<unknown>;
}

/** The client of one request on a session: it can be asked too, and its log level is the session's at that moment. */
export class SessionRequestPort extends RequestPort {
  readonly #client: SessionClient;
  readonly call: Call;
  readonly reply: ReplyPort;

  constructor(params: Params, client: SessionClient, call: Call, reply: ReplyPort) {
    super(params, undefined, reply.send);
    this.#client = client;
    this.call = call;
    this.reply = reply;
  }

  supports(capability: ClientCapability): boolean {
    return this.#client.supports(capability);
  }

  ask(request: ClientRequest): Promise<unknown> {
    return this.#client.ask(this.call, request, this.reply);
  }

  releaseConnection(): void {
    this.reply.release?.();
  }

  protected override lowestLevel(): MessageLevel | undefined {
    return this.#client.logLevel;
  }
}
