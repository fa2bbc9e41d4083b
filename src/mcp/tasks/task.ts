import type { Call, ClientPort, ClientRequest } from '../../core/call.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Face } from '../../core/face.ts';
import { declares } from '../client-capabilities.ts';
import { isObject, type Params } from '../envelope.ts';
import { QuestionKeys, requireCapability } from '../input-required.ts';
import { errorCode, RpcError } from '../rpc-error.ts';

export type TaskStatus = 'working' | 'input_required' | 'completed' | 'cancelled' | 'failed';

/** How often clients should ask; they may listen instead. */
const pollIntervalMs = 1000;
/** Longest status message that is told, in characters. */
const maxStatusMessage = 500;

interface Question {
  readonly request: ClientRequest;
  resolve(answer: unknown): void;
}

export interface TaskOptions {
  readonly id: string;
  readonly face: Face;
  /** The call that the task goes on as. */
  readonly call: Call;
  /** What the client declared when it made the call. */
  readonly capabilities: Params;
  readonly ttlMs: number;
  /** Called once, when the task reaches its last status. */
  readonly onEnd: (task: Task) => void;
}

/** A call that goes on after its client was answered with a handle: its status, its open questions, its result. */
export class Task {
  readonly id: string;
  readonly face: Face;
  readonly principal: string;
  readonly ttlMs: number;
  readonly createdAt = Date.now();
  readonly #call: Call;
  readonly #capabilities: Params;
  readonly #onEnd: (task: Task) => void;
  readonly #keys = new QuestionKeys();
  readonly #questions = new Map<string, Question>();
  readonly #listeners = new Set<() => void>();
  #status: TaskStatus = 'working';
  #statusMessage: string | undefined;
  #updatedAt = this.createdAt;
  /** The members of the last status: the result or the error. */
  #outcome = '';

  constructor({ id, face, call, capabilities, ttlMs, onEnd }: TaskOptions) {
    this.id = id;
    this.face = face;
    this.principal = call.principal.id;
    this.ttlMs = ttlMs;
    this.#call = call;
    this.#capabilities = capabilities;
    this.#onEnd = onEnd;
  }

  get hasEnded(): boolean {
    return this.#status === 'completed' || this.#status === 'cancelled' || this.#status === 'failed';
  }

  /** Characters that the task keeps for its client. */
  get size(): number {
    return this.#outcome.length;
  }

  /** What the handler reaches of its client once it runs as this task. */
  readonly port: ClientPort = {
    supports: (capability) => declares(this.#capabilities, capability),
    progress: (done, total, message) => this.#say(message ?? `${done}${total === undefined ? '' : ` of ${total}`}`),
    ask: (request, key) => this.#ask(request, key),
    continueAsTask: () => true,
  };

  /** The members of the handle that the call is answered with. */
  handle(): string {
    const facts = {
      taskId: this.id,
      status: this.#status,
      statusMessage: this.#statusMessage,
      createdAt: new Date(this.createdAt).toISOString(),
      lastUpdatedAt: new Date(this.#updatedAt).toISOString(),
      ttlMs: this.ttlMs,
      pollIntervalMs,
    };
    return JSON.stringify(facts).slice(1, -1);
  }

  /** The members of the whole state: the handle, and what belongs to its status. */
  detail(): string {
    if (this.#status !== 'input_required') return `${this.handle()}${this.#outcome}`;
    const requests = [...this.#questions].map(([key, { request }]) => [key, request]);
    return `${this.handle()},"inputRequests":${JSON.stringify(Object.fromEntries(requests))}`;
  }

  /** Takes answers by the keys of their questions; those nobody asked, or that were answered before, are ignored. */
  answer(responses: unknown): void {
    if (!isObject(responses)) throw new RpcError(errorCode.invalidParams, 'params.inputResponses must be an object.');
    const answers = Object.entries(responses).filter(([key]) => this.#questions.has(key));
    const wrong = answers.find(([, answer]) => !isObject(answer));
    if (wrong) throw new RpcError(errorCode.invalidParams, `inputResponses["${wrong[0]}"] must be a result object.`);
    for (const [key, answer] of answers) {
      this.#questions.get(key)?.resolve(answer);
      this.#questions.delete(key);
    }
    if (this.#status === 'input_required' && this.#questions.size === 0) this.#become('working');
  }

  /** Ends with the JSON of the result that the call would have been answered with. */
  complete(resultJson: string): void {
    this.#end('completed', `,"result":${resultJson}`);
  }

  /** Ends with the error that the call would have been answered with. */
  fail(error: RpcError): void {
    this.#say(error.message);
    this.#end('failed', `,"error":${JSON.stringify(error.toJSON())}`);
  }

  /** Ends at the client's wish; the handler's signal aborts. Does nothing to a task that has ended. */
  cancel(): void {
    this.#end('cancelled', '');
    this.#call.cancel(new GatewayError('cancelled', 'The client cancelled the task.'));
  }

  /** Ends because it is not kept any longer; says why where it still ran. */
  drop(why: string): void {
    this.fail(new RpcError(errorCode.internal, why));
    this.#call.cancel(new GatewayError('cancelled', why));
  }

  /** Calls `listener` on each change of status; returns the way to stop listening. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #ask(request: ClientRequest, wantedKey: string | undefined): Promise<unknown> {
    requireCapability(this.#capabilities, request);
    const key = this.#keys.next(request, wantedKey);
    const { signal } = this.#call;
    const answer = new Promise<unknown>((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#questions.set(key, {
        request,
        resolve: (given) => {
          signal.removeEventListener('abort', onAbort);
          resolve(given);
        },
      });
    });
    this.#become('input_required');
    return this.#call.waitForClient(answer);
  }

  #say(message: string): void {
    if (this.hasEnded) return;
    this.#statusMessage = message.slice(0, maxStatusMessage);
    this.#updatedAt = Date.now();
  }

  #become(status: TaskStatus): void {
    if (this.hasEnded) return;
    this.#status = status;
    this.#updatedAt = Date.now();
    for (const listener of [...this.#listeners]) listener();
  }

  #end(status: TaskStatus, outcome: string): void {
    if (this.hasEnded) return;
    this.#outcome = outcome;
    this.#questions.clear();
    this.#become(status);
    this.#listeners.clear();
    this.#onEnd(this);
  }
}
