import type { Bagged } from './bag.ts';
import { Deadline } from './deadline.ts';
import { GatewayError } from './errors.ts';
import type { MessageLevel } from './log.ts';
import type { Principal } from './principal.ts';

/** A request from the server to the client's user or model: one of MCP's three. */
export interface ClientRequest {
  readonly method: 'elicitation/create' | 'sampling/createMessage' | 'roots/list';
  readonly params: Readonly<Record<string, unknown>>;
}

/** A capability that a client may declare, and without which it is never asked. `elicitation` is the form. */
export type ClientCapability = 'elicitation' | 'elicitation.url' | 'sampling' | 'roots';

/** The capability that a client must have declared to be sent a request. */
export function capabilityFor({ method, params }: ClientRequest): ClientCapability {
  if (method === 'sampling/createMessage') return 'sampling';
  if (method === 'roots/list') return 'roots';
  return params.mode === 'url' ? 'elicitation.url' : 'elicitation';
}

/** What a running request may do with the client that made it. Every member is absent where the client cannot. */
export interface ClientPort {
  supports?(capability: ClientCapability): boolean;
  progress?(done: number, total: number | undefined, message: string | undefined): void;
  log?(level: MessageLevel, data: unknown, logger: string): void;
  /**
   * Resolves with the client's result; rejects with `unsupported` where the client did not declare the capability.
   * `key` names the question where questions and answers travel by name.
   */
  ask?(request: ClientRequest, key?: string): Promise<unknown>;
  /** Answers the client with a task that the call goes on as; true where it is one now. */
  continueAsTask?(): boolean;
  /** Closes the connection that waits for the answer; its client comes back for it. */
  releaseConnection?(): void;
}

const nobody: ClientPort = {};

/**
 * One request on its way through the gateway: who makes it, how to reach them, and how it is called off.
 * The abort signal is made on first use, because most calls end before anyone asks for it.
 */
export class Call implements Bagged {
  place = -1;
  readonly principal: Principal;
  readonly requestId: string;
  client: ClientPort;
  #cancelled: GatewayError | undefined;
  #controller: AbortController | undefined;
  #onCancel: ((reason: GatewayError) => void) | undefined;
  #deadline: Deadline | undefined;
  /** Makes the deadline, once it is needed: a call that ends at once has none. */
  #makeDeadline: (() => Deadline) | undefined;
  #isUnlimited = false;

  constructor(principal: Principal, requestId: string, client: ClientPort = nobody) {
    this.principal = principal;
    this.requestId = requestId;
    this.client = client;
  }

  /** Why the call was called off, if it was. */
  get cancelled(): GatewayError | undefined {
    return this.#cancelled;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#cancelled) this.#controller.abort(this.#cancelled);
    }
    return this.#controller.signal;
  }

  /** Ends the call early: the handler's signal aborts and the caller is answered with `reason`. Later reasons are ignored. */
  cancel(reason: GatewayError): void {
    if (this.#cancelled) return;
    this.#cancelled = reason;
    this.#controller?.abort(reason);
    this.#onCancel?.(reason);
  }

  /**
   * Runs `work` until it settles, the call is cancelled, or `deadlineMs` passes, whichever is first. What `work` returns
   * or throws at once is returned or thrown at once: then neither a promise nor a timer is made for it.
   */
  race<T>(work: () => PromiseLike<T> | T, deadlineMs: number, onDeadline: () => GatewayError): Promise<T> | T {
    if (this.#cancelled) throw this.#cancelled;
    // Before the work, which may pause the clock or take it off.
    this.#deadline = undefined;
    this.#makeDeadline = () => new Deadline(deadlineMs, () => this.cancel(onDeadline()));
    const running = work();
    return isPromiseLike(running) ? this.#settled(running) : running;
  }

  #settled<T>(running: PromiseLike<T>): Promise<T> {
    const deadline = this.#clock();
    deadline?.start();
    return new Promise<T>((resolve, reject) => {
      const settle = <V>(end: (value: V) => void) => {
        return (value: V) => {
          deadline?.stop();
          this.#onCancel = undefined;
          end(value);
        };
      };
      this.#onCancel = settle(reject);
      running.then(settle(resolve), settle(reject));
      if (this.#cancelled) this.#onCancel(this.#cancelled);
    });
  }

  /**
   * Lets go of the client when the answer is out. The call itself can outlive it by a collection or two, and would keep
   * the whole response alive: measured, that doubled the cost of a small call.
   */
  release(): void {
    this.client = nobody;
    this.#onCancel = undefined;
    this.#deadline = undefined;
    this.#makeDeadline = undefined;
  }

  /** Takes the deadline off, before or while the work runs; whoever does so ends the call by other means. */
  liftDeadline(): void {
    this.#isUnlimited = true;
    this.#deadline?.stop();
  }

  /** Waits for a person or a client: the call's own deadline stands still meanwhile. */
  async waitForClient<T>(answer: Promise<T>): Promise<T> {
    const deadline = this.#clock();
    deadline?.pause();
    try {
      return await answer;
    } finally {
      deadline?.resume();
    }
  }

  #clock(): Deadline | undefined {
    if (this.#isUnlimited) return undefined;
    this.#deadline ??= this.#makeDeadline?.();
    return this.#deadline;
  }
}

function isPromiseLike<T>(value: PromiseLike<T> | T): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** The reason given when a client goes away before its answer. */
export function clientGone(): GatewayError {
  return new GatewayError('cancelled', 'The client closed the connection before the call ended.');
}
