import { randomUUID } from 'node:crypto';
import { Call, type ClientCapability, type ClientRequest, capabilityFor, clientGone } from '../core/call.ts';
import { GatewayError } from '../core/errors.ts';
import type { GatewayEvent } from '../core/events.ts';
import type { Face } from '../core/face.ts';
import type { MessageLevel } from '../core/log.ts';
import type { Principal } from '../core/principal.ts';
import { type Answer, answer } from './answer.ts';
import { declares } from './client-capabilities.ts';
import { ClientRequests } from './client-requests.ts';
import { ClientRoots } from './client-roots.ts';
import { formFor } from './elicitation-form.ts';
import {
  errorReply,
  isObject,
  type Message,
  notification,
  type Params,
  type RequestId,
  type RequestMessage,
} from './envelope.ts';
import type { SessionPort } from './exchange.ts';
import { errorCode, RpcError } from './rpc-error.ts';
import type { Runtime } from './runtime.ts';
import { type ReplyPort, type SessionClient, SessionRequestPort } from './session-request-port.ts';
import { assumedVersion, type ProtocolVersion } from './versions.ts';

/** Requests that one session may have running; more are answered with an error at once. */
const maxInFlight = 64;
const maxSubscriptions = 1000;

export interface SessionOptions {
  readonly id: string;
  readonly face: Face;
  readonly principal: Principal;
  readonly runtime: Runtime;
  /** Sends what belongs to no request: changes, and log messages outside one. */
  readonly broadcast: (message: string) => void;
}

/**
 * One connection of a revision before 2026-07-28: what was negotiated, the requests that run, the questions that wait.
 * Usable without `initialize`, since TypeScript clients reconnect and go on. Knows nothing of HTTP: the transport hands
 * in messages, each with the way back for what relates to it.
 */
export class Session implements SessionPort, SessionClient {
  readonly id: string;
  readonly face: Face;
  readonly principal: Principal;
  version: ProtocolVersion = assumedVersion;
  readonly #runtime: Runtime;
  readonly #broadcast: (message: string) => void;
  readonly #inFlight = new Map<RequestId, SessionRequestPort>();
  // Made on first use: most sessions ask nothing and subscribe to nothing.
  #questions: ClientRequests | undefined;
  #roots: ClientRoots | undefined;
  #subscriptions: Set<string> | undefined;
  readonly #unlisten: () => void;
  #capabilities: Params = {};
  #level: MessageLevel | undefined;

  constructor({ id, face, principal, runtime, broadcast }: SessionOptions) {
    this.id = id;
    this.face = face;
    this.principal = principal;
    this.#runtime = runtime;
    this.#broadcast = broadcast;
    this.#unlisten = runtime.events.listen((event) => this.#tell(event));
  }

  get logLevel(): MessageLevel | undefined {
    return this.#level;
  }

  supports(capability: ClientCapability): boolean {
    return declares(this.#capabilities, capability);
  }

  /** Requests that are running. */
  get busy(): number {
    return this.#inFlight.size;
  }

  /** Runs a request; `reply` takes what relates to it. Undefined where no answer is wanted any more. */
  request(message: RequestMessage, reply: ReplyPort): Promise<Answer | undefined> | Answer | undefined {
    const refusal = this.#refusal(message);
    if (refusal) return { json: errorReply(message.id, refusal), error: refusal };
    const call = new Call(this.principal, reply.requestId);
    const port = new SessionRequestPort(message.params, this, call, reply);
    call.client = port;
    this.#inFlight.set(message.id, port);
    const ended = () => {
      port.flush();
      this.#inFlight.delete(message.id);
    };
    let done: ReturnType<typeof answer>;
    try {
      done = answer({ face: this.face, runtime: this.#runtime, call, version: this.version, session: this }, message);
    } catch (defect) {
      ended();
      throw defect;
    }
    if (done instanceof Promise) return done.finally(ended);
    ended();
    return done;
  }

  /** Takes a notification or a response; unknown ones are dropped, as JSON-RPC has it. */
  accept(message: Extract<Message, { kind: 'notification' | 'response' }>): void {
    if (message.kind === 'response') {
      this.#questions?.settle(message.id, message.result, message.error);
      return;
    }
    if (message.method === 'notifications/roots/list_changed') this.#roots?.forget();
    if (message.method !== 'notifications/cancelled') return;
    const { requestId } = message.params;
    const port =
      typeof requestId === 'string' || typeof requestId === 'number' ? this.#inFlight.get(requestId) : undefined;
    port?.call.cancel(new GatewayError('cancelled', 'The client cancelled the call.'));
  }

  /** Calls off what still runs of the requests that came with `reply`, because nobody can be answered on it any more. */
  cancelAll(reply: ReplyPort): void {
    for (const port of [...this.#inFlight.values()]) if (port.reply === reply) port.call.cancel(clientGone());
  }

  /** Ends what runs; the transport forgets the session. */
  close(): void {
    this.#unlisten();
    this.#questions?.close();
    for (const { call } of [...this.#inFlight.values()]) call.cancel(clientGone());
  }

  initialize(version: ProtocolVersion, params: Params): void {
    this.version = version;
    this.#capabilities = isObject(params.capabilities) ? params.capabilities : {};
    this.#roots?.forget();
  }

  setLogLevel(level: MessageLevel): void {
    this.#level = level;
  }

  subscribe(uri: string): void {
    this.#subscriptions ??= new Set();
    if (this.#subscriptions.size >= maxSubscriptions) {
      throw new RpcError(
        errorCode.invalidRequest,
        `A session may subscribe to ${maxSubscriptions} resources; unsubscribe from some first.`,
      );
    }
    this.#subscriptions.add(uri);
  }

  unsubscribe(uri: string): void {
    this.#subscriptions?.delete(uri);
  }

  #refusal({ id }: RequestMessage): RpcError | undefined {
    if (this.#inFlight.has(id))
      return new RpcError(errorCode.invalidRequest, 'A request with this id is still running; use another id.');
    if (this.#inFlight.size < maxInFlight) return undefined;
    return new RpcError(errorCode.internal, `This session already runs ${maxInFlight} requests; wait for some to end.`);
  }

  /** Throws `unsupported` where the client did not declare what it takes, or could not see the question. */
  async ask(call: Call, request: ClientRequest, reply: ReplyPort): Promise<unknown> {
    const capability = capabilityFor(request);
    if (!this.supports(capability)) {
      throw new GatewayError(
        'unsupported',
        `This tool needs ${request.method}, but the client did not declare the "${capability}" capability.`,
      );
    }
    if (request.method !== 'roots/list') return this.#askNow(call, request, capability, reply);
    const { roots } = this.#capabilities;
    const tellsChanges = isObject(roots) && roots.listChanged === true;
    this.#roots ??= new ClientRoots();
    return this.#roots.get(tellsChanges, () => this.#askNow(call, request, capability, reply));
  }

  #askNow(
    call: Call,
    request: ClientRequest,
    capability: ClientCapability,
    { send, canAsk }: ReplyPort,
  ): Promise<unknown> {
    if (!canAsk) {
      throw new GatewayError(
        'unsupported',
        `This tool needs ${request.method}, but the client's Accept header leaves out text/event-stream, by which it would be asked.`,
      );
    }
    this.#questions ??= new ClientRequests();
    return this.#questions.ask(call, { ...request, params: this.#paramsFor(request, capability) }, send);
  }

  #paramsFor({ params }: ClientRequest, capability: ClientCapability): Params {
    if (capability === 'elicitation') return formFor(this.version, params);
    // 2025-11-25 wants an id in it, which 2026-07-28 took out again.
    return capability === 'elicitation.url' ? { ...params, elicitationId: randomUUID() } : params;
  }

  #tell(event: GatewayEvent): void {
    if (!this.face.serves(event.plugin)) return;
    if (event.type === 'list_changed') this.#broadcast(notification(`notifications/${event.list}/list_changed`, {}));
    else if (this.#subscriptions?.has(event.uri))
      this.#broadcast(notification('notifications/resources/updated', { uri: event.uri }));
  }
}
